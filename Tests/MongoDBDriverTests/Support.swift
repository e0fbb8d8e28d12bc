import Foundation
import MongoDBDriver
import MongoEngine
import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// A node's view of a pool: each has threads and memory of its own, whatever database it is of.
func openPool(_ uri: String, options: String = "{}") async throws -> any PoolDriver {
    try await MongoDBDriver.registration.open(
        PoolConfiguration(uri: uri, options: Array(options.utf8), dataDirectory: "/nowhere"))
}

/// Patience with a server while the machine is busy with other tests: none of them fails for that.
let patient = #"{"timeout_ms": 10000}"#

func freshDatabase() -> String { "weir_\(UUID().uuidString.prefix(18))" }

/// Works with this many nodes on a fresh database of the set that all tests share.
func withNodes<Answer>(
    _ count: Int, options: String = patient,
    _ work: nonisolated(nonsending) ([any PoolDriver], _ database: String) async throws -> Answer
) async throws -> Answer {
    try await Gate.mongodb.pass { try await withFreshNodes(count, options, work) }
}

private func withFreshNodes<Answer>(
    _ count: Int, _ options: String,
    _ work: nonisolated(nonsending) ([any PoolDriver], _ database: String) async throws -> Answer
) async throws -> Answer {
    let set = try await MongoSet.shared.value
    let database = freshDatabase()
    defer { set.drop(database) }
    var nodes: [any PoolDriver] = []
    for _ in 0..<count { nodes.append(try await openPool(set.uri(database: database), options: options)) }
    let result: Result<Answer, any Error>
    do { result = .success(try await work(nodes, database)) } catch { result = .failure(error) }
    for node in nodes { await node.shutdown() }
    return try result.get()
}

/// Says when load is to end.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() {
        state.withLock { $0 = true }
    }
}

/// What many posters were told about their messages.
struct PostLog: Sendable {
    var acknowledged: [MessageID] = []
    /// The texts of posts whose fate nobody knows.
    var unknown: Set<String> = []
    var refused = 0

    mutating func merge(_ other: PostLog) {
        acknowledged += other.acknowledged
        unknown.formUnion(other.unknown)
        refused += other.refused
    }
}

/// How many posts were acknowledged, of all posters together.
final class Acknowledged: Sendable {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    func add() {
        state.withLock { $0 += 1 }
    }

    /// Waits until so many more are.
    func wait(for more: Int) async throws {
        let goal = count + more
        while count < goal { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// Posts one message after the other until told to stop, and notes what became of each.
func post(
    to queue: QueueUnderTest, as name: String, _ acknowledged: Acknowledged, while goesOn: @Sendable () -> Bool
) async -> PostLog {
    var log = PostLog()
    var round = 0
    while goesOn() {
        let text = "\(name).\(round)"
        round += 1
        do {
            log.acknowledged += try await queue.post(text)
            acknowledged.add()
        } catch StorageError.unknownOutcome {
            log.unknown.insert(text)
        } catch {
            log.refused += 1
        }
    }
    return log
}

/// Tries again while the store is away: for as long as a fail-over may take on a busy machine.
func eventually<Answer>(_ work: () async throws -> Answer) async throws -> Answer {
    for _ in 0..<300 {
        if let answer = try? await work() { return answer }
        try await Task.sleep(for: .milliseconds(100))
    }
    return try await work()
}

/// Tries again what nodes that contend for a queue may be refused, and what has not been done. What may have been done is
/// not done twice.
func persistently<Answer>(_ work: () async throws -> Answer) async throws -> Answer {
    while true {
        do {
            return try await work()
        } catch StorageError.busy {
        } catch StorageError.unavailable {}
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Everything that was acknowledged is there once, in the order of the sequences, and nothing is there that was
/// refused.
func expectComplete(_ queue: QueueUnderTest, _ log: PostLog) async throws {
    let listed = try await eventually { try await queue.list() }
    let ids = Set(listed.ids)
    #expect(ids.count == listed.count && Set(listed.texts).count == listed.count, "no message twice")
    #expect(Set(log.acknowledged).subtracting(ids) == [], "no acknowledged message lost")
    let others = listed.filter { !Set(log.acknowledged).contains($0.id) }.map(\.text)
    #expect(Set(others).subtracting(log.unknown) == [], "what was refused is not there")
    #expect(listed.map(\.sequence) == listed.map(\.sequence).sorted())
    #expect(try await eventually { try await queue.stats().total } == listed.count)
}
