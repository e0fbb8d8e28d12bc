import Foundation
import MongoCatalog
import RedisCatalog
import SQLiteCatalog
import TestSupport
import Testing
import WeirDomain
import WeirStorage

typealias Store = CatalogStore & MigrationStore

/// A catalog store that the suite holds to its promises. A new one gets a line in `all`; no test is edited.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let name: String
    /// Starts what serves the store that lives in the directory, if anything does. It is kept until the place is left.
    var serve: @Sendable (_ directory: String) async throws -> any Sendable = { _ in () }
    /// Opens the store that lives in a directory of its own, which is empty the first time.
    let open: @Sendable (_ directory: String) async throws -> any Store
    /// Opens it so that it keeps so many migrations that are over.
    let openRemembering: @Sendable (_ directory: String, Int) async throws -> any Store
    /// Stores on a server that all tests share keep each other waiting, beyond the time that their callers have.
    var gate: Gate? = nil

    var testDescription: String { name }

    static let all = [
        StoreUnderTest(
            name: "sqlite", open: { try await SQLiteCatalogStore.open(path: "\($0)/catalog.db") },
            openRemembering: { try await SQLiteCatalogStore.open(path: "\($0)/catalog.db", remembering: $1) }),
        StoreUnderTest(
            name: "redis", serve: { try await RedisServer.start(in: $0, .init(isDurable: false)) },
            open: { try await RedisCatalogStore.patient(uri: "redis+unix://\($0)/redis.sock") },
            openRemembering: {
                try await RedisCatalogStore.patient(uri: "redis+unix://\($0)/redis.sock", remembering: $1)
            },
            gate: .redis),
        StoreUnderTest(
            name: "mongodb", serve: { try await MongoDatabase($0) },
            open: { try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: $0)) },
            openRemembering: { try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: $0), remembering: $1) },
            gate: .mongodb),
    ]

    /// Works with a place where the store may be opened and shut down again and again.
    func withPlace<Answer>(_ work: nonisolated(nonsending) (String) async throws -> Answer) async throws
        -> Answer
    {
        guard let gate else { return try await withOwnPlace(work) }
        return try await gate.pass { try await withOwnPlace(work) }
    }

    private func withOwnPlace<Answer>(
        _ work: nonisolated(nonsending) (String) async throws -> Answer
    ) async throws -> Answer {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("weir-catalog-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try await serve(directory.path)
        // What is released ends, and not before.
        defer { withExtendedLifetime(server) {} }
        return try await work(directory.path)
    }

    /// Works with a new store that nobody else uses.
    func withStore<Answer>(
        _ work: nonisolated(nonsending) (any Store) async throws -> Answer
    ) async throws -> Answer {
        try await withPlace { directory in
            let store = try await open(directory)
            do {
                let answer = try await work(store)
                await store.shutdown()
                return answer
            } catch {
                await store.shutdown()
                throw error
            }
        }
    }

    /// Works with a new store that has the open pools `names`.
    func withStore<Answer>(
        pools names: [String], _ work: nonisolated(nonsending) (any Store) async throws -> Answer
    ) async throws -> Answer {
        try await withStore { store in
            for name in names { try await store.register(.named(name)) }
            return try await work(store)
        }
    }
}

extension RedisCatalogStore {
    /// A machine that is busy with other tests is given its time.
    static func patient(
        uri: String, remembering: Int = Limits.rememberedMigrations
    ) async throws -> RedisCatalogStore {
        try await open(uri: uri, remembering: remembering, timeoutMilliseconds: 20_000)
    }
}

/// A database of the replica set that all tests share, named after the directory of a test. What it holds goes with
/// it.
final class MongoDatabase: Sendable {
    private let name: String
    private let set: MongoSet

    init(_ directory: String) async throws {
        name = Self.name(of: directory)
        set = try await MongoSet.shared.value
    }

    deinit {
        set.drop(name)
    }

    /// A machine that is busy with other tests is given its time.
    static func uri(in directory: String) async throws -> String {
        try await MongoSet.shared.value.uri(database: name(of: directory), options: "socketTimeoutMS=20000")
    }

    static func name(of directory: String) -> String {
        URL(fileURLWithPath: directory).lastPathComponent
    }
}
