import Foundation
package import WeirStorage

/// An empty store for one test, which may be opened more than once.
package struct TestStore: Sendable {
    /// Where it is: never used before.
    package let uri: String
    private let registration: DriverRegistration
    private let directory: URL
    private let server: RedisServer?

    /// Makes room for a store of this driver.
    package init(for registration: DriverRegistration) throws {
        self.registration = registration
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("weir-test-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        server = registration.name == "redis" ? try RedisServer.start(in: directory.path) : nil
        uri = try server?.uri ?? TestStores.freshURI(for: registration, in: directory.path)
    }

    /// Opens the pool with the driver's default options, but for the patience with its server: a machine that is busy
    /// with many tests makes none of them fail.
    package func open() async throws -> any PoolDriver {
        let options = ["redis", "mongodb"].contains(registration.name) ? #"{"timeout_ms": 20000}"# : "{}"
        return try await registration.open(
            PoolConfiguration(uri: uri, options: Array(options.utf8), dataDirectory: directory.path))
    }

    /// Removes the store and what it has left on the disk.
    package func remove() {
        server?.stop()
        TestStores.drop(uri)
        try? FileManager.default.removeItem(at: directory)
    }
}

/// Where the tests find their stores.
package enum TestStores {
    /// A URI that `registration` serves and that no test has used before. Embedded drivers get a file in
    /// `directory`, an absolute path.
    package static func freshURI(for registration: DriverRegistration, in directory: String) throws -> String {
        switch registration.schemes.first {
        case "mongodb": try MongoSet.shared.get().uri(database: "weir_\(UUID().uuidString.prefix(18))")
        case "sqlite": "sqlite://\(directory)/pool.db"
        case let scheme?: "\(scheme):\(UUID().uuidString)"
        case nil: registration.name
        }
    }

    /// Removes the database of a URI that `freshURI` gave for a MongoDB.
    static func drop(_ uri: String) {
        guard uri.hasPrefix("mongodb:"), let path = uri.split(separator: "/").last, let set = try? MongoSet.shared.get()
        else { return }
        set.drop(String(path.prefix { $0 != "?" }))
    }
}
