/// A module: its folder, and all that it may import.
struct Module: Sendable {
    let folder: String
    let mayImport: Set<String>

    init(_ folder: String, _ mayImport: Set<String>) {
        self.folder = folder
        self.mayImport = mayImport
    }

    /// The standard library's own modules, open to every module but the domain and what it is written in.
    static let system: Set<String> = ["Synchronization", "Glibc"]

    /// The walls of docs/architecture.md. A new module or library needs a row or a word here, and a reason.
    static let all: [Module] = [
        // The domain and what it is written in
        Module("WeirDomain", []),
        Module("WeirJSON", []),
        Module("WeirMessagePack", ["WeirJSON"]),

        // The ports, and the way down to them
        Module("WeirStorage", ["WeirDomain"]),
        Module("WeirCatalog", system.union(["WeirDomain", "WeirJSON", "WeirStorage", "Logging"])),
        Module("WeirMigration", system.union(["WeirDomain", "WeirStorage", "WeirCatalog", "Logging"])),
        Module(
            "WeirOperations",
            system.union([
                "WeirDomain", "WeirJSON", "WeirStorage", "WeirCatalog", "WeirMigration", "Logging", "Crypto",
            ])),
        Module(
            "WeirNotifications",
            system.union([
                "WeirDomain", "WeirJSON", "WeirStorage", "WeirCatalog", "WeirOperations", "DeliveryEngine", "Logging",
                "Crypto",
            ])),
        Module("WeirLogging", system.union(["Logging"])),
        Module("WeirConfiguration", system.union(["Yams"])),
        Module(
            "WeirHTTP",
            system.union([
                "WeirDomain", "WeirJSON", "WeirStorage", "WeirCatalog", "WeirOperations", "WeirMigration", "WeirLogging",
                "HummingbirdCore", "HTTPTypes", "NIOCore", "NIOHTTP1", "Logging", "Crypto",
            ])),
        Module(
            "WeirWebSocket",
            system.union([
                "WeirDomain", "WeirJSON", "WeirMessagePack", "WeirStorage", "WeirOperations", "WeirLogging",
                "NIOCore", "NIOHTTP1", "NIOWebSocket", "HTTPTypes", "Logging",
            ])),

        // Stores
        Module("StoreThreads", system),
        Module("DriverOptions", ["WeirJSON", "WeirStorage"]),
        Module("SQLiteEngine", system.union(["CSQLite", "StoreThreads", "WeirStorage"])),
        Module("RedisEngine", system.union(["CHiredis", "StoreThreads", "WeirStorage"])),
        Module("MongoEngine", system.union(["CMongoc", "StoreThreads", "WeirStorage"])),
        Module("DeliveryEngine", system.union(["CCurl", "CSpawn", "StoreThreads", "WeirDomain"])),
        Module("CatalogStores/SQLite", system.union(["WeirDomain", "WeirStorage", "SQLiteEngine"])),
        Module("CatalogStores/Redis", system.union(["WeirDomain", "WeirStorage", "RedisEngine"])),
        Module(
            "CatalogStores/MongoDB", system.union(["WeirDomain", "WeirStorage", "MongoEngine", "StoreThreads"])),
        Module(
            "Drivers/SQLite", system.union(["WeirDomain", "WeirJSON", "WeirStorage", "DriverOptions", "SQLiteEngine"])),
        Module(
            "Drivers/Redis", system.union(["WeirDomain", "WeirJSON", "WeirStorage", "DriverOptions", "RedisEngine"])),
        Module(
            "Drivers/MongoDB", system.union(["WeirDomain", "WeirJSON", "WeirStorage", "DriverOptions", "MongoEngine"])),
        Module("Drivers/Memory", system.union(["WeirDomain", "WeirStorage"])),
        Module("WeirDrivers", ["WeirStorage", "SQLiteDriver", "RedisDriver", "MongoDBDriver"]),

        // The programs, which alone may use Foundation
        Module("WeirBench", system.union(["Darwin", "Musl", "NIOCore", "NIOPosix", "ArgumentParser"])),
        Module(
            "WeirAdmin",
            system.union([
                "WeirDomain", "WeirJSON", "WeirBench", "WeirConfiguration", "NIOCore", "NIOHTTP1", "NIOPosix",
                "ArgumentParser", "Yams",
            ])),
        Module(
            "weir",
            system.union([
                "WeirDomain", "WeirStorage", "WeirCatalog", "WeirOperations", "WeirMigration", "WeirHTTP", "WeirDrivers",
                "WeirConfiguration", "WeirLogging", "WeirBench", "WeirAdmin", "WeirNotifications", "DeliveryEngine",
                "SQLiteCatalog", "RedisCatalog",
                "MongoCatalog", "SQLiteEngine", "CMimalloc", "WeirWebSocket", "HTTPTypes", "NIOHTTP1",
                "Foundation", "ArgumentParser", "ServiceLifecycle", "UnixSignals", "Logging",
                "HummingbirdCore", "NIOCore",
                "NIOPosix",
            ])),
    ]

    /// Modules that talk to a terminal.
    static let programs: Set<String> = ["weir", "WeirBench", "WeirAdmin"]

    /// The module that a file belongs to.
    static func of(_ file: SourceFile) -> Module? {
        all.first { file.path.hasPrefix("Sources/\($0.folder)/") }
    }
}
