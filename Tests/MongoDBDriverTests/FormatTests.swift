import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("The format of a MongoDB pool") struct FormatTests {
    @Test("a pool of format 1 is brought up to date when it is opened, with all that is in it")
    func upgrades() async throws {
        try await withNodes(1) { nodes, database in
            let queue = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            let ids = try await queue.post("1", "2", "3")
            _ = try await queue.claim(1, ttl: 60)
            let stored = StoredPool(database: database)
            try await stored.bringToFormat1()
            try await withNode(database) { node in
                let again = queue.through(node)
                #expect(try await again.everything().ids == ids)
                #expect(try await again.stats().claimed == 1)
                let fourth = try await again.post("4")
                #expect(fourth.first?.sequence == MessageSequence(4))
                #expect(try await again.everything().texts == ["1", "2", "3", "4"])
                #expect(try await node.inspect(queue.ref.life, repairing: false, now: queue.now) == [])
                #expect(try await stored.format() == 2)
            }
        }
    }

    @Test("a pool of a format that is not known yet is left alone")
    func refuses() async throws {
        try await withNodes(1) { _, database in
            let stored = StoredPool(database: database)
            try await stored.update("format") { $0.document("$set") { $0.int64("version", 3) } }
            let uri = try await MongoSet.shared.value.uri(database: database)
            let refusal = await #expect(throws: PoolRefusal.self) { _ = try await openPool(uri, options: patient) }
            #expect(refusal?.reason.contains("format 3") == true)
            #expect(try await stored.format() == 3)
        }
    }
}

extension StoredPool {
    /// As the version of Weir wrote it that knew no other: what changes always stands in two fields of the header.
    fileprivate func bringToFormat1() async throws {
        try await command { command in
            command.string("update", "queues")
            command.array("updates", [0]) { statements, name, _ in
                statements.document(name) { statement in
                    statement.document("q") { _ in }
                    statement.array("u", [0]) { stages, name, _ in
                        stages.document(name) { stage in
                            stage.document("$replaceWith") { header in
                                for field in ["_id", "e", "r", "ra", "w"] { header.string(field, "$\(field)") }
                                header.document("v") { $0.string("$first", "$s.v") }
                                header.document("n") { $0.string("$first", "$s.n") }
                            }
                        }
                    }
                    statement.bool("multi", true)
                }
            }
        }
        try await update("format") { $0.document("$set") { $0.int64("version", 1) } }
    }

    fileprivate func format() async throws -> Int64? {
        let reply = try await command { $0.string("find", "format") }
        return reply.document("cursor")?.documents("firstBatch").first?.integer("version")
    }
}
