import Foundation
import RedisDriver
import TestSupport
import WeirDomain
import WeirStorage

/// Works with a fresh server, which is removed afterwards.
func withServer(
    _ settings: RedisServer.Settings = .init(),
    _ work: nonisolated(nonsending) (RedisServer) async throws -> Void
) async throws {
    try await withDirectory { directory in
        let server = try await RedisServer.start(in: directory, settings)
        defer { server.stop() }
        try await work(server)
    }
}

/// Works with an empty directory, which is removed afterwards.
func withDirectory(_ work: nonisolated(nonsending) (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("weir-redis-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await work(directory.path)
}

/// Patience with a server while the machine is busy with other tests: none of them fails for that.
let patient = #"{"timeout_ms": 20000}"#

/// Opens a pool at the uri.
func openPool(_ uri: String, options: String = patient) async throws -> any PoolDriver {
    try await RedisDriver.registration.open(
        PoolConfiguration(uri: uri, options: Array(options.utf8), dataDirectory: "/nowhere"))
}

/// Works with a queue on a fresh server, and shuts its pool down afterwards.
func withQueue(
    _ settings: RedisServer.Settings = .init(), options: String = patient,
    _ work: nonisolated(nonsending) (QueueUnderTest, RedisServer) async throws -> Void
) async throws {
    try await withServer(settings) { server in
        let pool = try await openPool(server.uri, options: options)
        do {
            try await work(try await QueueUnderTest.open(on: pool, clock: ManualClock()), server)
            await pool.shutdown()
        } catch {
            await pool.shutdown()
            throw error
        }
    }
}

/// It did not come about, in a time that is enough for any machine.
struct NeverHappened: Error {}

/// Waits until the condition holds.
func until(_ condition: nonisolated(nonsending) () async throws -> Bool) async throws {
    for _ in 0..<3000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw NeverHappened()
}

/// Runs `count` tasks at once and returns what they return.
func gather<Answer: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) async throws -> Answer
) async throws -> [Answer] {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        for worker in 0..<count { group.addTask { try await work(worker) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
