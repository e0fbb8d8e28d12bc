import Glibc
import Synchronization
import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirNotifications
import WeirOperations
import WeirStorage

@Suite("What cannot be read, and what nobody wants any more") struct LossTests {
    private let lost = BodyCipher(key: "a key that goes missing")
    private let present = BodyCipher(key: "a key that stays")
    private let patient = #"{"_retry_policy": {"retries_with_no_delay": 0, "minimum_delay": 3600, "maximum_delay": 7200}}"#

    private func uri(_ server: LocalServer) -> String { "http://127.0.0.1:\(server.port)/" }

    /// The numbers that requests carried, in their order.
    private func numbers(_ server: LocalServer) -> [Int] {
        server.requests.compactMap { request in
            request.firstRange(of: "\"body\": ").flatMap { Int(request[$0.upperBound...].prefix { $0.isNumber }) }
        }
    }

    private func backlog(of subscription: String, at site: NotifierSite) -> HiddenQueue {
        let name = OutboxNames.backlog(subscription, of: OutboxNames.outbox(ofPool: "a")!)!
        return HiddenQueue(.backlog, name, home: "a", in: site.vault)
    }

    @Test(
        "entries of an outbox without their key are counted, reported once, hold up none behind them, and wait for the key")
    func unreadableEntries() async throws {
        let site = try await NotifierSite(cipher: present)
        let server = try LocalServer { _ in LocalServer.answering(204) }
        try await site.subscribe(uri(server))
        for number in 0..<3 { try await site.post(number..<(number + 1), cipher: lost) }
        try await site.post(3..<5)
        try await site.running { try await NotifierSite.wait { Set(numbers(server)) == [3, 4] } }
        #expect(site.counters.figures.unreadable == 3)
        let reports = site.lines.all.filter { $0.hasPrefix("error outbox entry unreadable: ") }
        #expect(reports.count == 1)
        #expect(reports.first?.contains("outbox=\(OutboxNames.outbox(ofPool: "a")!.value)") ?? false)
        #expect(reports.first?.contains("sequence=1") ?? false)
        #expect(reports.first?.contains("limits.message_encryption_previous_keys") ?? false)
        try await site.running("without", cipher: present) {
            try await NotifierSite.wait { site.lines.all.filter { $0.contains("outbox served") }.count == 2 }
        }
        #expect(Set(numbers(server)) == [3, 4])
        let ring = BodyCipher(key: "a key that stays", previousKeys: ["a key that goes missing"])
        var returns: [String] { site.lines.all.filter { $0.hasPrefix("info outbox entries readable again: ") } }
        for _ in 0..<2 {
            try await site.running("with", cipher: ring) {
                // It is said a moment after they are there for all to see, and so maybe after they are delivered.
                try await NotifierSite.wait { Set(numbers(server)) == Set(0..<5) && !returns.isEmpty }
            }
        }
        #expect(returns.count == 1 && returns.first?.contains("entries=3") ?? false)
        server.stop()
        await site.close()
    }

    @Test("a delivery in a backlog without its key stays there, reported")
    func unreadableDelivery() async throws {
        let site = try await NotifierSite(cipher: lost)
        let server = try LocalServer { _ in LocalServer.answering(503) }
        let policy = #"{"_retry_policy": {"retries_with_no_delay": 0, "minimum_delay": 5, "maximum_delay": 12}}"#
        let id = try await site.subscribe(uri(server), policy)
        try await site.running {
            try await site.post(0..<1)
            // Put off, and not just insured while the attempt takes long: that would be out of sight for longer.
            try await NotifierSite.wait {
                let figures = site.counters.figures
                return figures.retried == 1 && figures.backlog == 1
            }
        }
        let requests = server.requests.count
        try await site.running("second", cipher: present) {
            try await NotifierSite.wait { site.lines.all.contains { $0.hasPrefix("error delivery unreadable: ") } }
            #expect(site.counters.figures.unreadable >= 1 && site.counters.figures.backlog == 1)
        }
        #expect(site.lines.all.contains { $0.hasPrefix("error delivery unreadable: ") && $0.contains("subscription=\(id)") })
        #expect(server.requests.count == requests)
        #expect(try await backlog(of: id, at: site).count() == 1)
        server.stop()
        await site.close()
    }

    @Test("what waits for a subscription goes with it, from the store and from the figures")
    func deletion() async throws {
        let site = try await NotifierSite()
        let server = try LocalServer { _ in LocalServer.answering(503) }
        let id = try await site.subscribe(uri(server), patient)
        let other = try await site.subscribe(uri(server) + "other", patient)
        try await site.running {
            try await site.post(0..<3)
            try await NotifierSite.wait { site.counters.figures.backlog == 6 }
            try await site.unsubscribe(id)
            #expect(try await site.catalog.store.queue(backlog(of: id, at: site).key) == nil)
            #expect(try await backlog(of: other, at: site).count() == 3)
            try await NotifierSite.wait { site.counters.figures.backlog == 3 }
        }
        #expect(try await site.catalog.store.queue(backlog(of: id, at: site).key) == nil)
        server.stop()
        await site.close()
    }

    @Test("what is in memory is not sent to a subscriber who is gone, and what he refuses leaves no list behind")
    func deletionWhileDelivering() async throws {
        let site = try await NotifierSite()
        let gate = Mutex(true)
        // Each answer takes a while, so that some of them come after the end.
        let server = try LocalServer { _ in
            while gate.withLock({ $0 }) { usleep(1000) }
            return LocalServer.answering(404)
        }
        let id = try await site.subscribe(uri(server))
        let told = try LocalServer { _ in LocalServer.answering(204) }
        try await site.subscribe(uri(told))
        try await site.running {
            try await site.post(0..<20)
            try await NotifierSite.wait { server.accepted >= 1 }
            try await site.unsubscribe(id)
            gate.withLock { $0 = false }
            try await NotifierSite.wait { told.requests.count == 20 && site.counters.figures.waiting == 0 }
        }
        #expect(server.requests.count < 20)
        #expect(try await site.outbox.failures(of: id, in: site.queue, after: nil, limit: 10).isEmpty)
        #expect(try await site.catalog.store.queue(QueueKey(project: .hidden(.failures), name: QueueName(id)!)) == nil)
        for each in [server, told] { each.stop() }
        await site.close()
    }

    @Test("one thing is reported once a minute, with how often it happened; others have their own minute")
    func reports() {
        let (lines, clock) = (LogLines(), ManualClock())
        let log = NotifierLog(lines.logger, clock: clock)
        for _ in 0..<5 { log.warning("late", about: "a", ["reason": "r"]) }
        log.error("late", about: "b", [:])
        clock.advance(seconds: 59)
        log.warning("late", about: "a", ["reason": "r"])
        #expect(lines.all == ["warning late: reason=r", "error late: "])
        clock.advance(seconds: 1)
        log.warning("late", about: "a", ["reason": "r"])
        #expect(lines.all.last == "warning late: reason=r times=6")
        log.warning("late", about: "a", ["reason": "r"])
        #expect(lines.all.count == 3)
    }
}
