import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirNotifications
import WeirOperations

@Suite("Telling subscribers") struct NotifierTests {
    /// The numbers that requests carried, in their order.
    private func numbers(_ server: LocalServer) -> [Int] {
        server.requests.compactMap { request in
            request.firstRange(of: "\"body\": ").flatMap { Int(request[$0.upperBound...].prefix { $0.isNumber }) }
        }
    }

    private func uri(_ server: LocalServer) -> String { "http://127.0.0.1:\(server.port)/" }

    @Test(
        "each subscriber is told of each message, in their order, although another one hangs", arguments: [false, true])
    func order(isSealed: Bool) async throws {
        let site = try await NotifierSite(cipher: isSealed ? BodyCipher(key: "a key of this test") : .none)
        let servers = try (0..<3).map { _ in try LocalServer { _ in LocalServer.answering(204) } }
        let deaf = try LocalServer { _ in nil }
        for server in servers + [deaf] { try await site.subscribe(uri(server)) }
        try await site.running {
            for start in stride(from: 0, to: 200, by: 20) { try await site.post(start..<(start + 20)) }
            try await NotifierSite.wait { servers.allSatisfy { numbers($0).count >= 200 } }
            for server in servers { #expect(numbers(server) == Array(0..<200)) }
            #expect(deaf.accepted >= 1)
        }
        for server in servers + [deaf] { server.stop() }
        await site.close()
    }

    @Test("what was announced while no node ran is delivered, and what a node did not finish by the next one")
    func takeover() async throws {
        let site = try await NotifierSite()
        let server = try LocalServer { _ in LocalServer.answering(200) }
        try await site.subscribe(uri(server))
        try await site.post(0..<50)
        try await site.running("first") { try await NotifierSite.wait { numbers(server).count >= 5 } }
        try await site.post(50..<100)
        try await site.running("second") {
            try await NotifierSite.wait { Set(numbers(server)).count == 100 }
        }
        server.stop()
        await site.close()
    }

    @Test("a server that fails for a moment is asked again at once, in the same order")
    func immediateRetries() async throws {
        let site = try await NotifierSite()
        let failures = Mutex(3)
        let server = try LocalServer { _ in
            let isBad = failures.withLock { left in
                defer { left = max(0, left - 1) }
                return left > 0
            }
            return LocalServer.answering(isBad ? 503 : 200)
        }
        try await site.subscribe(uri(server))
        try await site.running {
            try await site.post(0..<3)
            try await NotifierSite.wait { numbers(server).count >= 6 }
            #expect(numbers(server) == [0, 0, 0, 0, 1, 2])
        }
        server.stop()
        await site.close()
    }

    @Test("a failing delivery is put off, the next ones are not, and it comes again when its time has come")
    func putOff() async throws {
        let site = try await NotifierSite()
        let isFirst = Mutex(true)
        let server = try LocalServer { _ in
            let isBad = isFirst.withLock { first in
                defer { first = false }
                return first
            }
            return LocalServer.answering(isBad ? 500 : 200)
        }
        let policy = #"{"_retry_policy": {"retries_with_no_delay": 0, "minimum_delay": 5, "maximum_delay": 15}}"#
        try await site.subscribe(uri(server), policy)
        try await site.running {
            try await site.post(0..<3)
            try await NotifierSite.wait { numbers(server).count >= 4 }
            #expect(numbers(server) == [0, 1, 2, 0])
        }
        server.stop()
        await site.close()
    }

    @Test("what a subscriber refuses is listed as failed, and delivered when it is driven again")
    func failures() async throws {
        let site = try await NotifierSite()
        let isOpen = Mutex(false)
        let server = try LocalServer { _ in LocalServer.answering(isOpen.withLock { $0 } ? 200 : 404) }
        let id = try await site.subscribe(uri(server))
        try await site.running {
            try await site.post(0..<3)
            try await NotifierSite.wait {
                try await site.outbox.failures(of: id, in: site.queue, after: nil, limit: 10).count == 3
            }
            #expect(numbers(server) == [0, 1, 2])
            let listed = try await site.outbox.failures(of: id, in: site.queue, after: nil, limit: 10)
            #expect(listed.allSatisfy { $0.status == 404 && $0.reason == "answered 404" })
            let rest = try await site.outbox.failures(of: id, in: site.queue, after: listed[0].id, limit: 10)
            #expect(rest == Array(listed[1...]))
            isOpen.withLock { $0 = true }
            #expect(try await site.outbox.redrive(id, in: site.queue) == 3)
            try await NotifierSite.wait { numbers(server).count >= 6 }
            #expect(numbers(server) == [0, 1, 2, 0, 1, 2])
            #expect(try await site.outbox.failures(of: id, in: site.queue, after: nil, limit: 10).isEmpty)
        }
        server.stop()
        await site.close()
    }

    @Test("subscribers that have to confirm and have not are told nothing")
    func unconfirmed() async throws {
        let site = try await NotifierSite()
        let (silent, told) = (
            try LocalServer { _ in LocalServer.answering(200) }, try LocalServer { _ in LocalServer.answering(200) }
        )
        try await site.subscribe(uri(silent))
        try await site.subscribe(uri(told), isConfirmed: true)
        try await site.running(demandingConfirmation: true) {
            try await site.post(0..<5)
            try await NotifierSite.wait { numbers(told).count == 5 }
        }
        #expect(silent.accepted == 0)
        for server in [silent, told] { server.stop() }
        await site.close()
    }

    @Test("readers follow a queue from when they come, each message once and in order, and a slow one is cut off")
    func tail() async throws {
        let site = try await NotifierSite()
        let tail = OutboxTail(site.vault, bells: site.bells, logger: site.logger)
        let running = Task { await tail.run() }
        try await site.post(0..<3)
        let feed = try await tail.follow(site.queue)
        let slow = try await tail.follow(site.queue)
        for start in stride(from: 3, to: 103, by: 10) { try await site.post(start..<(start + 10)) }
        var seen: [String] = []
        for await message in feed.messages {
            seen.append(String(decoding: message.body.bytes, as: UTF8.self))
            if seen.count == 100 { break }
        }
        #expect(seen == (3..<103).map(String.init))
        #expect(slow.ending == nil)
        let large = AnnouncedMessage(
            id: MessageID(sequence: MessageSequence(1), nonce: 1), body: MessageBody(String(repeating: "x", count: 1 << 20)), ttl: 60,
            delay: nil)
        var admitted = 0
        while slow.put(large) { admitted += 1 }
        #expect(slow.ending == .tooSlow)
        #expect((Limits.tailBytes >> 20) - 1...Limits.tailBytes >> 20 ~= admitted)
        feed.end()
        running.cancel()
        await running.value
        await site.close()
    }
}
