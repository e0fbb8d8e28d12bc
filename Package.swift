// swift-tools-version: 6.2
import PackageDescription

/// One row a driver: the folder below Sources/Drivers, its target, the library only it may import, and files that
/// become part of the binary.
let drivers: [(folder: String, target: String, libraries: [Target.Dependency], resources: [Resource])] = [
    ("SQLite", "SQLiteDriver", ["SQLiteEngine"], []),
    ("Redis", "RedisDriver", ["RedisEngine"], [.embedInCode("Scripts")]),
    ("MongoDB", "MongoDBDriver", ["MongoEngine"], []),
]

/// Every module says what it imports, and shows nothing of it: the walls of docs/architecture.md.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func module(
    _ name: String, path: String? = nil, _ dependencies: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let hummingbird: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yaml: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "weir",
    products: [.executable(name: "weir", targets: ["weir"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        // The domain and what it is written in
        module("WeirDomain", []),
        module("WeirJSON", []),
        module("WeirMessagePack", ["WeirJSON"]),

        // The port, and the way down to it
        module("WeirStorage", ["WeirDomain"]),
        module("WeirCatalog", ["WeirDomain", "WeirJSON", "WeirStorage", logging]),
        module("WeirMigration", ["WeirDomain", "WeirStorage", "WeirCatalog", logging]),
        module(
            "WeirOperations",
            ["WeirDomain", "WeirJSON", "WeirStorage", "WeirCatalog", "WeirMigration", logging, crypto]),
        module(
            "WeirNotifications",
            [
                "WeirDomain", "WeirJSON", "WeirStorage", "WeirCatalog", "WeirOperations", "DeliveryEngine", logging,
                crypto,
            ]),
        module("WeirLogging", [logging]),
        module("WeirConfiguration", [yaml]),
        module(
            "WeirHTTP",
            [
                "WeirDomain", "WeirJSON", "WeirStorage", "WeirOperations", "WeirMigration", "WeirCatalog", "WeirLogging",
                hummingbird, httpTypes, nio, nioHTTP, logging, crypto,
            ]),

        module(
            "WeirWebSocket",
            [
                "WeirDomain", "WeirJSON", "WeirMessagePack", "WeirStorage", "WeirOperations", "WeirLogging", nio, nioHTTP, nioWebSocket,
                httpTypes, logging,
            ]),

        // Stores
        .systemLibrary(name: "CSQLite", path: "Sources/CLibraries/CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        module("StoreThreads", []),
        module("DriverOptions", ["WeirJSON", "WeirStorage"]),
        module("SQLiteEngine", ["CSQLite", "StoreThreads", "WeirStorage"]),
        .systemLibrary(name: "CHiredis", path: "Sources/CLibraries/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        module("RedisEngine", ["CHiredis", "StoreThreads", "WeirStorage"]),
        .systemLibrary(
            name: "CMongoc", path: "Sources/CLibraries/CMongoc", pkgConfig: "libmongoc-1.0",
            providers: [.apt(["libmongoc-dev", "libbson-dev"])]),
        module("MongoEngine", ["CMongoc", "StoreThreads", "WeirStorage"]),
        .systemLibrary(
            name: "CCurl", path: "Sources/CLibraries/CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSpawn", path: "Sources/CLibraries/CSpawn"),
        module("DeliveryEngine", ["CCurl", "CSpawn", "StoreThreads", "WeirDomain"]),
        module("SQLiteCatalog", path: "Sources/CatalogStores/SQLite", ["WeirDomain", "WeirStorage", "SQLiteEngine"]),
        module(
            "RedisCatalog", path: "Sources/CatalogStores/Redis", ["WeirDomain", "WeirStorage", "RedisEngine"],
            resources: [.embedInCode("Scripts")]),
        module(
            "MongoCatalog", path: "Sources/CatalogStores/MongoDB",
            ["WeirDomain", "WeirStorage", "MongoEngine", "StoreThreads"]),
        module("WeirDrivers", ["WeirStorage"] + drivers.map { .byName(name: $0.target) }),

        // The program
        .systemLibrary(
            name: "CMimalloc", path: "Sources/CLibraries/CMimalloc", providers: [.apt(["libmimalloc-dev"])]),
        module("WeirBench", [nio, nioPosix, arguments]),
        module(
            "WeirAdmin",
            [
                "WeirDomain", "WeirJSON", "WeirBench", "WeirConfiguration", nio, nioPosix, nioHTTP, arguments, yaml,
            ]),
        .executableTarget(
            name: "weir",
            dependencies: [
                "WeirDomain", "WeirStorage", "WeirCatalog", "WeirOperations", "WeirMigration", "WeirHTTP", "WeirDrivers",
                "WeirConfiguration", "WeirLogging", "WeirBench", "WeirAdmin", "WeirNotifications", "DeliveryEngine",
                "SQLiteCatalog", "RedisCatalog", "MongoCatalog", "SQLiteEngine", "CMimalloc", "WeirWebSocket",
                arguments, lifecycle, signals, logging, hummingbird, httpTypes, nio, nioHTTP, nioPosix,
            ],
            swiftSettings: settings),

        // Tests
        .executableTarget(
            name: "BareServer", dependencies: [hummingbird, httpTypes, logging, nio, nioPosix], path: "Tests/BareServer",
            swiftSettings: settings),
        module("MemoryDriver", path: "Sources/Drivers/Memory", ["WeirDomain", "WeirStorage"]),
        module(
            "TestSupport", path: "Tests/TestSupport",
            ["CSpawn", "WeirDomain", "WeirStorage", "WeirDrivers", "MemoryDriver", "MongoEngine"]),
        tests("DriverContractTests", ["WeirDomain", "WeirStorage", "TestSupport"]),
        tests(
            "SQLiteDriverTests", ["WeirDomain", "WeirStorage", "SQLiteEngine", "SQLiteDriver", "TestSupport"]),
        tests(
            "RedisDriverTests", ["WeirDomain", "WeirStorage", "RedisEngine", "RedisDriver", "TestSupport"]),
        tests(
            "MongoDBDriverTests",
            ["WeirDomain", "WeirStorage", "MongoEngine", "MongoDBDriver", "StoreThreads", "TestSupport"]),
        tests("WeirDomainTests", ["WeirDomain", "TestSupport"]),
        tests("DeliveryEngineTests", ["DeliveryEngine", "StoreThreads", "WeirDomain", "TestSupport"]),
        tests(
            "WeirNotificationsTests",
            [
                "WeirNotifications", "DeliveryEngine", "WeirDomain", "WeirJSON", "WeirStorage", "WeirCatalog",
                "WeirOperations", "WeirDrivers", "SQLiteCatalog", "TestSupport", logging,
            ]),
        tests(
            "CatalogStoreContractTests",
            [
                "WeirDomain", "WeirStorage", "SQLiteCatalog", "SQLiteEngine", "RedisCatalog", "MongoCatalog",
                "MongoEngine", "TestSupport",
            ]),
        tests(
            "WeirCatalogTests",
            [
                "WeirDomain", "WeirJSON", "WeirStorage", "WeirCatalog", "SQLiteCatalog", "WeirDrivers", "MemoryDriver",
                "TestSupport", logging,
            ]),
        tests(
            "WeirMigrationTests",
            [
                "WeirDomain", "WeirStorage", "WeirCatalog", "WeirMigration", "MemoryDriver", "TestSupport", logging,
            ]),
        tests("WeirOperationsTests", ["WeirDomain", "WeirJSON", "WeirStorage", "WeirOperations", "TestSupport"]),
        tests("WeirHTTPTests", ["WeirHTTP", "TestSupport"]),
        tests("ArchitectureTests", ["WeirDrivers", "WeirStorage"]),
        tests("WeirJSONTests", ["WeirJSON"]),
        tests("WeirMessagePackTests", ["WeirMessagePack", "WeirJSON", "TestSupport"]),
        tests(
            "WeirWebSocketTests",
            ["WeirWebSocket", httpTypes, nio, nioHTTP, nioEmbedded]),
        tests("WeirConfigurationTests", ["WeirConfiguration"]),
        tests("WeirLoggingTests", ["WeirLogging", logging]),
        tests(
            "WeirAdminTests",
            ["WeirAdmin", "WeirBench", "WeirDomain", "WeirJSON", nio, nioPosix, nioHTTP, arguments]),
        tests("WeirBenchTests", ["WeirBench", nio, nioPosix, arguments]),
    ]
        + drivers.map { driver in
            module(
                driver.target, path: "Sources/Drivers/\(driver.folder)",
                ["WeirDomain", "WeirStorage", "WeirJSON", "DriverOptions"] + driver.libraries, resources: driver.resources)
        }
)
