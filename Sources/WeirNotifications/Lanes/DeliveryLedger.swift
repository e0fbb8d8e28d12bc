internal import Synchronization
package import WeirDomain

/// Which entries of an outbox are settled: those up to the cursor need never be looked at again.
package struct DeliveryLedger {
    private struct Entry {
        let sequence: MessageSequence
        let posted: Timestamp
        var open: Int
    }

    /// In the order of their sequences, none of those before the first open one.
    private var entries: [MessageSequence: Entry] = [:]
    private var order: [MessageSequence] = []
    private var head = 0
    /// Settled entries that are still kept for other readers.
    private var settled: [(sequence: MessageSequence, posted: Timestamp)] = []
    private var settledHead = 0
    package private(set) var cursor: MessageSequence

    package init(cursor: MessageSequence) {
        self.cursor = cursor
    }

    /// Notes an entry that follows all others, with so many parcels to settle.
    package mutating func begin(_ sequence: MessageSequence, posted: Timestamp, parcels: Int) {
        entries[sequence] = Entry(sequence: sequence, posted: posted, open: parcels)
        order.append(sequence)
        advance()
    }

    /// Notes so many more parcels of an entry that is not settled yet.
    package mutating func expect(_ count: Int, of sequence: MessageSequence) {
        entries[sequence]?.open += count
    }

    /// One parcel of the entry is delivered, given up, or kept somewhere else.
    package mutating func settle(_ sequence: MessageSequence) {
        entries[sequence]?.open -= 1
        advance()
    }

    private mutating func advance() {
        while head < order.count, let entry = entries[order[head]], entry.open <= 0 {
            entries[entry.sequence] = nil
            settled.append((entry.sequence, entry.posted))
            cursor = entry.sequence
            head += 1
        }
        if head > 1024, head * 2 > order.count {
            order.removeFirst(head)
            head = 0
        }
    }

    /// When the oldest entry that is not settled was posted.
    package var oldest: Timestamp? { head < order.count ? entries[order[head]]?.posted : nil }

    /// The last settled entry of those posted before this point, once: what lies up to it can be removed.
    package mutating func takeSettled(before point: Timestamp) -> MessageSequence? {
        var last: MessageSequence?
        while settledHead < settled.count, settled[settledHead].posted < point {
            last = settled[settledHead].sequence
            settledHead += 1
        }
        if settledHead > 1024, settledHead * 2 > settled.count {
            settled.removeFirst(settledHead)
            settledHead = 0
        }
        return last
    }
}

/// A ledger that several tasks write in.
package final class SharedLedger: Sendable {
    private let ledger: Mutex<DeliveryLedger>

    package init(_ ledger: DeliveryLedger) {
        self.ledger = Mutex(ledger)
    }

    func with<Value: Sendable>(_ body: (inout sending DeliveryLedger) -> sending Value) -> Value {
        ledger.withLock(body)
    }
}
