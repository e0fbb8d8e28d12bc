extension ConfigurationOption {
    static let websocket: [ConfigurationOption] = [
        .init(
            "websocket.ping_interval_seconds", \.websocket.pingInterval, .seconds(1...3600), default: .seconds(30),
            "How long a WebSocket connection may be silent before it is asked for a sign of life."),
        .init(
            "websocket.pong_timeout_seconds", \.websocket.pongTimeout, .seconds(1...3600), default: .seconds(20),
            "How long that sign of life may take; a connection that gives none is cut."),
        .init(
            "websocket.send_timeout_seconds", \.websocket.sendTimeout, .seconds(1...3600), default: .seconds(10),
            "How long a WebSocket client may leave unread what is sent to it; then its connection is cut."),
        .init(
            "websocket.idle_timeout_seconds", \.websocket.idleTimeout, .seconds(1...86_400), default: .seconds(3600),
            "How long a WebSocket connection without a request and without a subscription stays open."),
    ]

    static let transport: [ConfigurationOption] = [
        .init(
            "drivers.transport.websocket.bind", \.drivers.transport.websocket.bind, .text("a host name or an address"),
            default: "127.0.0.1", "The address of a second port, for WebSocket alone; it is also spoken on the main one."),
        .init(
            "drivers.transport.websocket.port", \.drivers.transport.websocket.port, .integer(0...65_535), default: 0,
            "The number of that port; 0 for none."),
    ]
}
