import Foundation
import SQLiteDriver
import SQLiteEngine
import TestSupport
import WeirDomain
import WeirStorage

/// The file of one pool, for a test that looks into it past the driver.
struct PoolFile {
    let path: String

    /// Works with the path of a file that is not there yet, in a directory that is removed afterwards.
    static func with<Answer>(
        _ work: nonisolated(nonsending) (PoolFile) async throws -> Answer
    ) async throws -> Answer {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("weir-test-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await work(PoolFile(path: "\(directory.path)/pool.db"))
    }

    /// Runs statements on it.
    func execute(_ sql: String) throws {
        try Connection(path: path).execute(sql)
    }

    /// The first number of the first row.
    func number(_ sql: String) throws -> Int? {
        try Connection(path: path).prepare(sql).first { $0.int(0) }
    }

    /// Works with the pool in it.
    func withPool<Answer>(
        _ work: nonisolated(nonsending) (any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        let configuration = PoolConfiguration(
            uri: "sqlite://\(path)", options: Array("{}".utf8), dataDirectory: "/")
        let pool = try await SQLiteDriver.registration.open(configuration)
        do {
            let answer = try await work(pool)
            await pool.shutdown()
            return answer
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    /// Works with a fresh queue on a fresh pool.
    static func withQueue<Answer>(
        _ work: nonisolated(nonsending) (PoolFile, QueueUnderTest) async throws -> Answer
    ) async throws -> Answer {
        try await with { file in
            try await file.withPool { pool in
                try await work(file, try await .open(on: pool, clock: ManualClock()))
            }
        }
    }
}
