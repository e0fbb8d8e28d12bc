package import WeirDomain
package import WeirStorage

/// Holds a lease while an outbox is served, however long a single step of that takes.
package actor LeaseKeeper {
    private var lease: Lease
    private let ledger: SharedLedger
    private let clock: any WeirClock
    private var isWriting = false
    /// Whether another node has taken it.
    package private(set) var isLost = false

    package init(_ lease: Lease, _ ledger: SharedLedger, clock: any WeirClock) {
        self.lease = lease
        self.ledger = ledger
        self.clock = clock
    }

    /// Up to where the outbox was served when this was last written.
    var cursor: MessageSequence { lease.cursor }

    /// When it ends, unless it is renewed.
    package var ends: Timestamp { lease.ends }

    /// Whether this node alone serves the outbox: not once the time of the lease is over, even if nobody has taken it.
    package var isHeld: Bool { !isLost && clock.now() < lease.ends }

    /// Renews it in time, beside what is done under it, until it is lost or the task is cancelled.
    package func run() async {
        while !isLost {
            await clock.sleep(milliseconds: Int(Limits.leaseRenewalMilliseconds))
            guard !Task.isCancelled else { return }
            // A catalog that is away may be back before the lease ends.
            try? await keep()
        }
    }

    /// Writes down how far the outbox was served, which renews the lease, if it is time.
    package func keep() async throws(StorageError) {
        let now = clock.now()
        let cursor = ledger.with { $0.cursor }
        let age = now.milliseconds - lease.written.milliseconds
        let isDue = cursor != lease.cursor && age >= Limits.cursorMilliseconds || age >= Limits.leaseRenewalMilliseconds
        guard isDue, !isWriting, !isLost else { return }
        try await write(cursor, now: now)
    }

    private func write(_ cursor: MessageSequence, now: Timestamp) async throws(StorageError) {
        isWriting = true
        defer { isWriting = false }
        var next = lease
        guard try await next.write(cursor, now: now) else {
            isLost = true
            return
        }
        lease = next
    }

    /// Lets the next node take it at once, and begin where this one has ended. To be called once nothing else of it runs.
    package func release() async throws(StorageError) {
        guard !isLost else { return }
        try await write(ledger.with { $0.cursor }, now: clock.now())
        guard !isLost else { return }
        var last = lease
        await last.release(now: clock.now())
    }
}
