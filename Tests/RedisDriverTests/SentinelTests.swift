import Foundation
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Sentinels") struct SentinelTests {
    @Test("when the master is lost the pool goes on with its replica")
    func failover() async throws {
        try await withServer(.init(listensOnTCP: true)) { master in
            let replicaOf = ["--replicaof", "127.0.0.1 \(master.port)", "--repl-diskless-sync-delay", "0"]
            try await withServer(.init(listensOnTCP: true, arguments: replicaOf)) { replica in
                try await until { try replica.command("INFO", "replication").contains("master_link_status:up") }
                try await withSentinel(of: master) { port, file in
                    // It learns of replicas some time after it has answered, and without one it has nothing to go on with.
                    let known = "known-replica weir-test 127.0.0.1 \(replica.port)"
                    try await until { (try? String(contentsOfFile: file, encoding: .utf8).contains(known)) ?? false }
                    try await failOver(from: master, to: replica, "redis+sentinel://127.0.0.1:\(port)/weir-test")
                }
            }
        }
    }

    private func failOver(from master: RedisServer, to replica: RedisServer, _ uri: String) async throws {
        let pool = try await openPool(uri)
        let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
        try await queue.post("before")
        let probe = try await pool.probe(now: queue.now)
        #expect(probe.missing.keys.sorted { $0.rawValue < $1.rawValue } == [.durability])
        let key = "weir:{\(queue.ref.life.value)}:last"
        try await until { try replica.command("GET", key).contains("1") }
        master.kill()
        try await until { (try? await queue.post("after")) != nil }
        let texts = try await queue.list().texts
        #expect(texts.first == "before" && texts.last == "after")
        #expect(try replica.command("ROLE").contains("master"))
        await pool.shutdown()
    }

    @Test("sentinels that do not know the master are named")
    func unknownMaster() async throws {
        try await withServer(.init(listensOnTCP: true)) { master in
            try await withSentinel(of: master) { port, _ in
                let nobody = try FreePort.find()
                let pool = try await openPool("redis://127.0.0.1:\(nobody),127.0.0.1:\(port)?master=weir-test")
                try await pool.ping()
                await pool.shutdown()
                await #expect {
                    _ = try await openPool("redis+sentinel://127.0.0.1:\(port)/stranger")
                } throws: { error in
                    (error as? PoolRefusal)?.reason.contains("knows no master stranger") == true
                }
            }
        }
    }

    @Test("a sentinel that is behind does not hide those that know the master")
    func sentinelBehind() async throws {
        try await withServer(.init(listensOnTCP: true)) { master in
            try await withSentinel(of: master) { good, _ in
                try await withDirectory { directory in
                    let (port, nobody) = (try FreePort.find(), try FreePort.find())
                    let file = "\(directory)/sentinel.conf"
                    try "port \(port)\nbind 127.0.0.1\nsentinel monitor weir-test 127.0.0.1 \(nobody) 1\n"
                        .write(toFile: file, atomically: true, encoding: .utf8)
                    let behind = try GuardedProcess.start("redis-sentinel", [file])
                    defer { behind.kill() }
                    // Until it answers, with the address of nobody.
                    try await until {
                        do {
                            _ = try await openPool("redis+sentinel://127.0.0.1:\(port)/weir-test")
                            return false
                        } catch let refusal as PoolRefusal {
                            return refusal.reason.contains("127.0.0.1:\(nobody)")
                        }
                    }
                    let pool = try await openPool("redis+sentinel://127.0.0.1:\(port),127.0.0.1:\(good)/weir-test")
                    try await pool.ping()
                    await pool.shutdown()
                }
            }
        }
    }

    private func withSentinel(
        of master: RedisServer, _ work: nonisolated(nonsending) (Int, String) async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            let port = try FreePort.find()
            let file = "\(directory)/sentinel.conf"
            try """
            port \(port)
            bind 127.0.0.1
            dir \(directory)
            sentinel monitor weir-test 127.0.0.1 \(master.port) 1
            sentinel down-after-milliseconds weir-test 1500
            sentinel failover-timeout weir-test 5000
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let sentinel = try GuardedProcess.start("redis-sentinel", [file])
            defer { sentinel.kill() }
            let uri = "redis+sentinel://127.0.0.1:\(port)/weir-test"
            try await until {
                guard let pool = try? await openPool(uri) else { return false }
                await pool.shutdown()
                return true
            }
            try await work(port, file)
        }
    }
}
