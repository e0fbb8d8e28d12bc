internal import ArgumentParser
internal import Glibc
internal import WeirConfiguration

/// `weir serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the queue API.",
        discussion: """
            Every option can also be set by an environment variable (WEIR_LISTEN, WEIR_LIMITS_MAX_QUEUE_METADATA, …) or \
            in a YAML file. A flag wins over a variable, that over the file, that over the default.
            """)

    @Option(help: "A YAML file with settings ($WEIR_CONFIG).")
    var config: String?

    @Option(help: "HOST:PORT to listen on (default: 127.0.0.1:8888).")
    var listen: String?

    @Option(help: "Directory for the embedded stores (default: ./weir-data).")
    var data: String?

    @Option(help: "URI of the catalog (default: SQLite in the data directory).")
    var catalog: String?

    @Option(help: "Whether the operator's API is served: true or false (default: true).")
    var adminMode: String?

    @Option(help: "Least level of events that are logged (default: info).")
    var logLevel: String?

    @Option(help: "Shape of log lines: json or text (default: json).")
    var logFormat: String?

    @Flag(help: "Listen on addresses that others can reach although there is no authentication.")
    var insecure = false

    func run() async throws {
        // Stores hold messages, and the catalog the passwords of pools, wherever the directory came from.
        umask(0o077)
        let settings: Settings
        do throws(ConfigurationError) {
            settings = try Settings.ofProcess(flags: flags, file: config)
        } catch {
            throw StartFailure(error.description, status: 2)
        }
        try await Node(settings).run()
    }

    private var flags: [String: String] {
        var flags: [String: String] = [:]
        flags["listen"] = listen
        flags["data"] = data
        flags["catalog"] = catalog
        flags["admin-mode"] = adminMode
        flags["log-level"] = logLevel
        flags["log-format"] = logFormat
        if insecure { flags["insecure"] = "true" }
        return flags
    }
}
