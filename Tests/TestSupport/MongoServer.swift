import Foundation
import Glibc
package import MongoEngine
import Synchronization

/// A real `mongod` for tests. It ends with the process that started it.
///
/// It is found in the environment variable `WEIR_TEST_MONGOD`, on the PATH, or as `.build/mongod/mongod` in the
/// checkout.
package final class MongoServer: Sendable {
    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    /// On the loopback address.
    package let port: Int
    private let directory: String
    private let set: String?
    private let process: Mutex<GuardedProcess?>
    /// Talks to this member, whatever its state.
    private let address: MongoAddress

    private init(_ directory: String, set: String?) throws {
        self.directory = directory
        self.set = set
        port = try FreePort.find()
        process = Mutex(nil)
        address = try MongoAddress(
            "mongodb://127.0.0.1:\(port)/?directConnection=true&serverSelectionTimeoutMS=2000&socketTimeoutMS=30000")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Starts a server in a directory of its own, and waits until it answers.
    /// - Parameter set: The replica set that it is to be in; nil for none.
    package static func start(set: String? = nil) async throws -> MongoServer {
        try await onOwnThread { try startAndWait(set: set) }
    }

    /// The same on the thread of the caller.
    static func startAndWait(set: String? = nil) throws -> MongoServer {
        let directory = "\(NSTemporaryDirectory())/weir-mongod-\(UUID().uuidString)"
        let server = try MongoServer(directory, set: set)
        try server.start()
        return server
    }

    /// A URI of this server alone.
    package func uri(database: String = "weir", options: String = "") -> String {
        "mongodb://127.0.0.1:\(port)/\(database)?directConnection=true" + (options.isEmpty ? "" : "&\(options)")
    }

    // MARK: Life

    /// Starts it again where it stopped.
    package func restart() async throws {
        kill()
        try await onOwnThread { try self.start() }
    }

    /// Ends it as a crash would: at once.
    package func kill() {
        process.withLock { process in
            process?.signal(SIGCONT)
            process?.kill()
            process = nil
        }
    }

    /// Keeps it from doing anything, its connections too, until `resume`.
    package func pause() {
        process.withLock { $0?.signal(SIGSTOP) }
    }

    /// Ends a pause.
    package func resume() {
        process.withLock { $0?.signal(SIGCONT) }
    }

    /// Runs an administrator's command on this member. Holds the thread until it answers.
    @discardableResult
    package func command(on database: String = "admin", _ fill: (inout BSONWriter) -> Void) throws -> BSONDocument {
        let command = BSONWriter.document(fill)
        return try MongoConnection.wait(for: address) { connection throws(MongoFailure) in
            try connection.run(command, on: database)
        }
    }

    /// Removes a database with all that is in it.
    package func drop(_ database: String) {
        _ = try? command(on: database) { $0.int32("dropDatabase", 1) }
    }

    // MARK: Starting

    private func start() throws {
        var arguments = [
            try Self.program(), "--dbpath", directory, "--port", "\(port)", "--bind_ip", "127.0.0.1", "--nounixsocket",
            "--logpath", "\(directory)/mongod.log", "--logappend", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize",
            "512", "--setParameter", "diagnosticDataCollectionEnabled=false",
        ]
        if let set { arguments += ["--replSet", set] }
        let started = try GuardedProcess.start("env", arguments)
        process.withLock { $0 = started }
        // Generous: the machine may be busy with other tests.
        for _ in 0..<60 {
            if (try? command { $0.int32("ping", 1) }) != nil { return }
            usleep(100_000)
        }
        kill()
        throw Failure(description: "mongod did not start; its log: \(log)")
    }

    private var log: Substring {
        ((try? String(contentsOfFile: "\(directory)/mongod.log", encoding: .utf8)) ?? "none").suffix(2000)
    }

    private static func program() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/mongod" }
        let places = [environment["WEIR_TEST_MONGOD"] ?? ""] + path + ["\(top.path)/.build/mongod/mongod"]
        guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Failure(
                description: "mongod is not installed: the tests need a real one, named by WEIR_TEST_MONGOD, on the "
                    + "PATH, or at .build/mongod/mongod")
        }
        return found
    }
}
