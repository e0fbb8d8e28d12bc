import Foundation
import SQLiteDriver
import SQLiteEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("The files of SQLite pools") struct FileTests {
    @Test("a refused file is left as it was, with nothing beside it", arguments: ["application_id", "user_version"])
    func foreign(pragma: String) async throws {
        try await PoolFile.with { file in
            try file.execute("CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1); PRAGMA \(pragma) = 99")
            let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
            let refusal = await #expect(throws: PoolRefusal.self) { try await file.withPool { _ in } }
            #expect(refusal?.reason.contains("another program") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
            #expect(try file.neighbours == ["pool.db"])
        }
    }

    @Test("a file of a later format is left as it was")
    func later() async throws {
        try await PoolFile.with { file in
            try await file.withPool { _ in }
            try file.execute("PRAGMA journal_mode = delete; PRAGMA user_version = 1000")
            let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
            let refusal = await #expect(throws: PoolRefusal.self) { try await file.withPool { _ in } }
            #expect(refusal?.reason.contains("format 1000") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
        }
    }

    @Test("a file that cannot be written to is refused by its name", .timeLimit(.minutes(15)))
    func readOnly() async throws {
        try await PoolFile.with { file in
            // A program that runs is one that nobody may write to, whatever he else may do.
            // It is copied by its own process: a child that another test starts meanwhile would hold open what this one does.
            let program = try GuardedProcess.start("sh", ["-c", "cp /bin/sleep \(file.path) && exec \(file.path) 1000"])
            defer { program.kill() }
            // Nothing opens the file to try it: a program cannot be started while somebody may write to its file.
            let link = "/proc/\(program.id)/exe"
            while try FileManager.default.destinationOfSymbolicLink(atPath: link).hasSuffix("/pool.db") == false {
                try await Task.sleep(for: .milliseconds(5))
            }
            let refusal = await #expect(throws: PoolRefusal.self) { try await file.withPool { _ in } }
            #expect(refusal?.reason == "cannot connect: the file cannot be written to: \(file.path)")
        }
    }

    @Test("a file is one pool, whatever name leads to it", arguments: [true, false])
    func links(isThere: Bool) async throws {
        try await PoolFile.with { file in
            let link = PoolFile(path: file.path + ".link")
            try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "pool.db")
            if isThere { try await file.withPool { _ in } }
            for (one, other) in [(file, link), (link, file)] {
                try await one.withPool { _ in
                    let refusal = await #expect(throws: PoolRefusal.self) { try await other.withPool { _ in } }
                    #expect(refusal?.reason == "cannot connect: another pool or process uses the file")
                }
            }
        }
    }

    @Test("a pool that was only tried leaves nothing, unless it was there before")
    func abandoned() async throws {
        try await PoolFile.with { file in
            let configuration = PoolConfiguration(
                uri: "sqlite://\(file.path)", options: Array("{}".utf8), dataDirectory: "/")
            await (try SQLiteDriver.registration.open(configuration)).abandon()
            #expect(try file.neighbours.isEmpty)
            try await file.withPool { pool in try await pool.ping() }
            await (try SQLiteDriver.registration.open(configuration)).abandon()
            #expect(try file.neighbours.contains("pool.db"))
            try await file.withPool { pool in try await pool.ping() }
        }
    }
}

extension PoolFile {
    /// The names of all files in its directory.
    fileprivate var neighbours: [String] {
        get throws {
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
            return try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        }
    }
}
