import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

extension MoveTurn {
    static func turn(_ turn: Int, of migration: Int64 = 7) -> MoveTurn {
        MoveTurn(migration: migration, turn: turn)
    }
}

extension QueueUnderTest {
    /// The same queue through another node, or in another pool.
    func through(_ pool: any PoolDriver, epoch: Int64? = nil) -> QueueUnderTest {
        QueueUnderTest(pool: pool, ref: epoch.map { ref.under(epoch: $0) } ?? ref, clock: clock)
    }
}

extension MovablePool {
    /// All messages, in pages.
    func everything(of life: QueueLife, limit: Int = 100, now: Timestamp) async throws -> [Message] {
        var found: [Message] = []
        while true {
            let last = found.last?.sequence ?? .start
            let page = try await page(of: life, after: last, limit: limit, bytes: 1 << 20, now: now)
            guard !page.isEmpty else { return found }
            found += page
        }
    }
}

/// Works with a node on this database, besides those that `withNodes` has opened.
func withNode(_ database: String, _ work: nonisolated(nonsending) (any PoolDriver) async throws -> Void) async throws {
    let set = try await MongoSet.shared.value
    defer { set.drop(database) }
    let node = try await openPool(set.uri(database: database), options: patient)
    let result: Result<Void, any Error>
    do { result = .success(try await work(node)) } catch { result = .failure(error) }
    await node.shutdown()
    try result.get()
}

/// The database of a pool, as an administrator sees it.
struct StoredPool {
    let database: String

    @discardableResult
    func command(_ fill: (inout BSONWriter) -> Void) async throws -> BSONDocument {
        try await MongoSet.shared.value.primary().command(on: database, fill)
    }

    /// Documents of a collection.
    func count(_ collection: String) async throws -> Int64? {
        try await command { $0.string("count", collection) }.integer("n")
    }

    /// Changes all documents of a collection.
    func update(_ collection: String, _ change: @escaping (inout BSONWriter) -> Void) async throws {
        try await command { command in
            command.string("update", collection)
            command.array("updates", [0]) { statements, name, _ in
                statements.document(name) { statement in
                    statement.document("q") { _ in }
                    statement.document("u", change)
                    statement.bool("multi", true)
                }
            }
        }
    }

    func removeAll(_ collection: String) async throws {
        try await command { command in
            command.string("delete", collection)
            command.array("deletes", [0]) { statements, name, _ in
                statements.document(name) { statement in
                    statement.document("q") { _ in }
                    statement.int32("limit", 0)
                }
            }
        }
    }
}
