import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirNotifications
import WeirStorage

@Suite("Who serves an outbox") struct LeaseTests {
    private let outbox = OutboxNames.outbox(ofPool: "a")!

    private func lease(_ node: String, at site: NotifierSite, _ clock: ManualClock) async throws -> Lease? {
        try await Lease.take(of: outbox, for: node, in: site.catalog.store, now: clock.now())
    }

    private func keeper(of lease: Lease, _ clock: ManualClock) -> LeaseKeeper {
        LeaseKeeper(lease, SharedLedger(DeliveryLedger(cursor: .start)), clock: clock)
    }

    @Test("a lease is renewed beside what is done under it, however long that takes")
    func renewal() async throws {
        let (site, clock) = (try await NotifierSite(), ManualClock())
        let keeper = keeper(of: try #require(try await lease("one", at: site, clock)), clock)
        let running = Task { await keeper.run() }
        for _ in 0..<10 {
            clock.advance(milliseconds: Limits.leaseRenewalMilliseconds)
            let end = clock.now().milliseconds + Limits.leaseMilliseconds
            try await NotifierSite.wait { await keeper.ends.milliseconds == end }
        }
        #expect(await keeper.isHeld)
        running.cancel()
        await running.value
        clock.advance(milliseconds: Limits.leaseMilliseconds)
        #expect(await !keeper.isHeld)
        await site.close()
    }

    @Test("a lease that another node has taken is not held any more, and that node keeps it")
    func loss() async throws {
        let (site, clock) = (try await NotifierSite(), ManualClock())
        let first = keeper(of: try #require(try await lease("one", at: site, clock)), clock)
        let second = keeper(of: try #require(try await lease("two", at: site, clock)), clock)
        clock.advance(milliseconds: Limits.leaseRenewalMilliseconds)
        try await first.keep()
        #expect(await first.isLost)
        #expect(await !first.isHeld)
        try await first.release()
        try await second.keep()
        #expect(await second.isHeld)
        await site.close()
    }
}
