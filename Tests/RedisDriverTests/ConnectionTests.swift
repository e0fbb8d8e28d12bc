import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Ways to a Redis") struct ConnectionTests {
    @Test("a password opens a server, and nobody is told it")
    func password() async throws {
        let settings = RedisServer.Settings(listensOnTCP: true, arguments: ["--requirepass", "secret%"])
        try await withServer(settings) { server in
            let tcp = "redis://:secret%25@127.0.0.1:\(server.port)"
            for uri in [tcp, "redis+unix://:secret%25@\(server.socketPath)"] {
                let pool = try await openPool(uri)
                try await pool.ping()
                await pool.shutdown()
            }
            for login in ["", ":wrongsecret@", "nobody:wrongsecret@"] {
                await #expect {
                    _ = try await openPool("redis://\(login)127.0.0.1:\(server.port)")
                } throws: { error in
                    guard let reason = (error as? PoolRefusal)?.reason else { return false }
                    return reason.hasPrefix("cannot connect: ") && !reason.contains("secret")
                }
            }
        }
    }

    @Test("a user of the server is logged in by name")
    func user() async throws {
        try await withServer(.init(listensOnTCP: true)) { server in
            try server.command("ACL", "SETUSER", "weir", "on", ">pass", "~weir:*", "+@all", "-config")
            let pool = try await openPool("redis://weir:pass@127.0.0.1:\(server.port)")
            let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
            try await queue.post("a")
            let probe = try await pool.probe(now: queue.now)
            #expect(!probe.capabilities.contains(.durability), "what is not shown is not proved")
            #expect(probe.missing[.durability]?.contains("CONFIG GET") == true)
            #expect(probe.capabilities.missing(from: [.fifo, .claims, .atLeastOnce]).isEmpty)
            await pool.shutdown()
        }
    }

    @Test("databases of one server are different pools")
    func databases() async throws {
        try await withServer(.init(listensOnTCP: true)) { server in
            let first = try await openPool("redis://127.0.0.1:\(server.port)/1")
            let second = try await openPool("redis://127.0.0.1:\(server.port)?dbid=2")
            let queue = try await QueueUnderTest.open(on: first, clock: ManualClock())
            try await queue.post("a")
            await #expect(throws: StorageError.queueNotOpen) {
                _ = try await second.lastSequence(of: queue.ref)
            }
            await first.shutdown()
            await second.shutdown()
        }
    }

    @Test("a server that is not there is named")
    func absent() async throws {
        let port = try FreePort.find()
        for (uri, name) in [("redis://127.0.0.1:\(port)", "127.0.0.1:\(port)"), ("redis:/no/where", "/no/where")] {
            await #expect {
                _ = try await openPool(uri)
            } throws: { error in
                (error as? PoolRefusal)?.reason.contains(name) == true
            }
        }
    }

    @Test("a replica is refused")
    func replica() async throws {
        let port = try FreePort.find()
        try await withServer(.init(arguments: ["--replicaof", "127.0.0.1 \(port)"])) { server in
            await #expect {
                _ = try await openPool(server.uri)
            } throws: { error in
                (error as? PoolRefusal)?.reason.contains("not a master") == true
            }
        }
    }

    @Test("a server that is made a replica is left, and used again as a master")
    func demoted() async throws {
        try await withQueue { queue, server in
            try await queue.post("a")
            try server.command("REPLICAOF", "127.0.0.1", "1")
            for _ in 1...3 {
                await #expect {
                    try await queue.post("b")
                } throws: { error in
                    if case StorageError.unavailable = error { true } else { false }
                }
            }
            try server.command("REPLICAOF", "NO", "ONE")
            try await until { (try? await queue.post("c")) != nil }
            #expect(try await queue.list().texts == ["a", "c"])
        }
    }
}
