extension Settings {
    /// How the process treats connections that speak WebSocket.
    package struct WebSocket: Sendable, Hashable {
        package var pingInterval = Duration.zero
        package var pongTimeout = Duration.zero
        package var sendTimeout = Duration.zero
        package var idleTimeout = Duration.zero
    }

    /// Zaqar's names for ways in.
    package struct Drivers: Sendable, Hashable {
        package var transport = Transport()

        /// Ways in.
        package struct Transport: Sendable, Hashable {
            package var websocket = WebSocketPort()
        }
    }

    /// A second port, for WebSocket alone.
    package struct WebSocketPort: Sendable, Hashable {
        package var bind = ""
        /// 0 for none.
        package var port = 0

        /// Nil if there is none.
        package var address: ListenAddress? {
            port == 0 ? nil : ListenAddress(host: bind, port: port)
        }
    }
}
