import Foundation
package import WeirStorage

/// An empty store for one test, which may be opened more than once.
package struct TestStore: Sendable {
    /// Where it is: never used before.
    package let uri: String
    private let registration: DriverRegistration
    private let directory: URL
    private let database = "weir_\(UUID().uuidString.prefix(18))"
    private let server: RedisServer?
    /// The servers whose database it is.
    private let set: MongoSet?

    /// Makes room for a store of this driver.
    package init(for registration: DriverRegistration) async throws {
        self.registration = registration
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("weir-test-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        server = registration.name == "redis" ? try await RedisServer.start(in: directory.path) : nil
        set = registration.name == "mongodb" ? try await MongoSet.shared.value : nil
        let embedded = "\(registration.name):" + (registration.name == "sqlite" ? "//\(directory.path)/pool.db" : database)
        uri = server?.uri ?? set?.uri(database: database) ?? embedded
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
        set?.drop(database)
        try? FileManager.default.removeItem(at: directory)
    }
}
