extension ConfigurationOption {
    /// Every option. Options of one group stand together.
    package static let all: [ConfigurationOption] =
        general + log + limits + pooling + pools + migration + notification + signedURL + cors + server + websocket
        + transport

    /// The options by their path.
    static let byPath: [String: ConfigurationOption] = Dictionary(
        all.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })

    /// The groups of the file: every key that holds other keys.
    static let groups: Set<String> = {
        var groups: Set<String> = []
        for option in all {
            let keys = option.path.split(separator: ".")
            for length in 1..<max(1, keys.count) {
                groups.insert(keys.prefix(length).joined(separator: "."))
            }
        }
        return groups
    }()

    private static let general: [ConfigurationOption] = [
        .init(
            "listen", \.listen, .listenAddress, default: .placeholder, flag: "listen",
            "The address to accept connections on; port 0 picks a free one."),
        .init(
            "data", \.dataDirectory, .text("the path of a folder"), default: "./weir-data", flag: "data",
            "The folder of the embedded stores; it is made if missing, and one process at a time uses it."),
        .init(
            "catalog", \.catalog, .optionalText("a store URI, or empty"), default: nil,
            flag: "catalog", isSecret: true,
            "The store of queues, pools, flavors and routes; empty means SQLite in the data folder."),
        .init(
            "insecure", \.insecure, .boolean, default: false, flag: "insecure",
            "Whether to listen on an address that others can reach although nobody has to authenticate."),
        .init(
            "admin_mode", \.adminMode, .boolean, default: true, flag: "admin-mode",
            "Whether this process serves the admin API: health, pools, flavors and migrations."),
        .init(
            "enable_checksum", \.enableChecksum, .boolean, default: false,
            "Whether messages carry a checksum of their body."),
        .init(
            "enable_deprecated_api_versions", \.enableDeprecatedAPIVersions, .choices(), default: [],
            "The older versions of the API that are served too."),
    ]

    private static let log: [ConfigurationOption] = [
        .init(
            "log.level", \.log.level, .choice, default: .info, flag: "log-level",
            "The least grave events that are logged; info includes a line for every request."),
        .init(
            "log.format", \.log.format, .choice, default: .json, flag: "log-format",
            "The shape of a log line: a JSON object, or key=value pairs."),
    ]

    private static let pooling: [ConfigurationOption] = [
        .init(
            "pooling.catalog.enable_virtual_pool", \.pooling.catalog.enableVirtualPool, .boolean,
            default: false,
            "Whether queues that no registered pool takes go to a built-in pool.")
    ]

    private static let pools: [ConfigurationOption] = [
        .init(
            "pools.probe_interval", \.pools.probeInterval, .seconds(1...86_400), default: .seconds(60),
            "How often each pool's store is asked what it is configured to do.")
    ]

    private static let server: [ConfigurationOption] = [
        .init(
            "server.backlog", \.server.backlog, .integer(1...65_535, "connections"), default: 1024,
            "How many connections may wait to be accepted."),
        .init(
            "server.max_connections", \.server.maxConnections, .integer(1...1_000_000, "connections"),
            default: 4096,
            "How many connections may be open at once; further ones wait to be accepted."),
        .init(
            "server.idle_timeout_seconds", \.server.idleTimeout, .seconds(1...86_400),
            default: .seconds(60),
            "How long a connection without a request stays open."),
        .init(
            "server.shutdown_grace_seconds", \.server.shutdownGrace, .seconds(0...300),
            default: .seconds(8),
            "How long requests in flight may take to finish once the process is told to stop."),
    ]
}

extension ListenAddress {
    /// Loopback only, on the port that Zaqar uses.
    static let placeholder = ListenAddress(host: "127.0.0.1", port: 8888)
}
