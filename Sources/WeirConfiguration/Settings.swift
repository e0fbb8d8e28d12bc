/// Everything an operator may set, checked. Made by `load`; `defaults` is what a server without any
/// configuration runs with. The sentences about each field stand in the table of options.
package struct Settings: Sendable, Hashable {
    // The values written here are placeholders: the table of options holds the real defaults.
    package var listen = ListenAddress.placeholder
    /// The folder of the embedded stores, as given: it may be relative and need not exist.
    package var dataDirectory = ""
    /// The catalog's store URI; nil means SQLite in the data directory. It may hold a password.
    package var catalog: String?
    package var insecure = false
    package var adminMode = false
    package var enableChecksum = false
    package var enableDeprecatedAPIVersions: [DeprecatedVersion] = []
    package var log = Log()
    package var limits = Limits()
    package var pooling = Pooling()
    package var pools = Pools()
    package var migration = Migration()
    package var notification = Notification()
    package var signedURL = SignedURL()
    package var cors = CORS()
    package var server = Server()
    package var websocket = WebSocket()
    package var drivers = Drivers()
    /// What deserves a line in the log although it stops nothing: unknown `WEIR_…` variables.
    package internal(set) var warnings: [String] = []

    /// What gets logged, and how.
    package struct Log: Sendable, Hashable {
        package var level = LogLevel.info
        package var format = LogFormat.json
    }

    /// How queues find their pools.
    package struct Pooling: Sendable, Hashable {
        package var catalog = Catalog()

        /// What the catalog does beyond looking routes up.
        package struct Catalog: Sendable, Hashable {
            package var enableVirtualPool = false
        }
    }

    /// How the process treats its pools.
    package struct Pools: Sendable, Hashable {
        package var probeInterval = Duration.zero
    }

    /// How queues are moved from pool to pool.
    package struct Migration: Sendable, Hashable {
        package var enabled = false
        package var concurrency = 0
        package var concurrencyPerPool = 0
        /// 0 for no bound.
        package var messagesPerSecond = 0
        /// 0 for no bound.
        package var bytesPerSecond = 0
        package var considerate = false
        package var onFlavorChange = FlavorChangePolicy.move
    }

    /// How pre-signed access is signed. The keys are secret.
    package struct SignedURL: Sendable, Hashable {
        package var secretKey: String?
        package var previousKeys: [String] = []
        /// Seconds.
        package var maxTTL = 0
    }

    /// What browsers of other sites may do. No origins: no CORS headers at all.
    package struct CORS: Sendable, Hashable {
        package var allowedOrigin: [String] = []
        package var allowMethods: [String] = []
        package var allowHeaders: [String] = []
        package var exposeHeaders: [String] = []
        package var allowCredentials = false
        /// Seconds.
        package var maxAge = 0
    }

    /// How the process treats its connections.
    package struct Server: Sendable, Hashable {
        package var backlog = 0
        package var maxConnections = 0
        package var idleTimeout = Duration.zero
        package var shutdownGrace = Duration.zero
    }

    /// The settings of a server that nobody configured.
    package static let defaults: Settings = {
        var settings = Settings()
        for option in ConfigurationOption.all {
            option.assignDefault(&settings)
        }
        return settings
    }()
}
