import Synchronization
import WeirDomain

/// What clients were told, and what the stores did, in the order in which it happened; and what is wrong with it.
final class MoveHistory: Sendable {
    private struct Entry {
        /// Its place in the order of what clients were told.
        var order: Int
        /// When its message ends at the latest, as far as its clients know.
        var expires: Timestamp
        var claim: ClaimID?
        /// When its client was told of the claim, and until when it holds at the least.
        var claimedAt = Timestamp(milliseconds: 0)
        var claimedUntil = Timestamp(milliseconds: 0)
        /// Somebody may have claimed, renewed or released it without knowing.
        var mayBeClaimed = false
    }

    private struct State {
        var entries: [MessageID: Entry] = [:]
        /// What is known of messages whose post is not answered yet, too.
        var deleted: [MessageID: Int] = [:]
        var order = 0
        /// Deletions that are on their way, or whose outcome nobody knows.
        var openDeletions: [MessageID: Int] = [:]
        var live = 0
        var lastSequence = MessageSequence.start
        var receipts: Set<ClaimID> = []
        var violations: [String] = []
        var log: [String] = []
        var tally: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// What is wrong, and what happened before.
    var violations: [String] { state.withLock { $0.violations } }
    var log: [String] { state.withLock { $0.log } }
    /// The log as lines.
    var text: String { log.joined(separator: "\n") }
    var tally: [String: Int] { state.withLock { $0.tally } }

    /// Messages that are there as far as is known.
    var size: Int { state.withLock { $0.live } }

    func note(_ line: String) {
        state.withLock { $0.log.append(line) }
    }

    func count(_ what: String) {
        state.withLock { $0.tally[what, default: 0] += 1 }
    }

    func violate(_ text: String) {
        state.withLock { state in
            state.violations.append(text)
            state.log.append("VIOLATION: \(text)")
        }
    }

    // MARK: What stores did

    /// Sequences rise from post to post, whichever pool gives them: so only one pool accepts messages, and none is
    /// given out twice (I4, I5).
    func accepted(_ ids: [MessageID], in queue: QueueRef, pool: String) {
        state.withLock { state in
            for id in ids {
                if id.sequence <= state.lastSequence {
                    state.violations.append(
                        "pool \(pool) gave out sequence \(id.sequence.value) after \(state.lastSequence.value) (I4)")
                }
                state.lastSequence = max(state.lastSequence, id.sequence)
            }
        }
    }

    /// What is posted under one receipt is stored once, whichever pool it comes to (I6).
    func acceptedOnce(_ receipt: ClaimID, pool: String) {
        state.withLock { state in
            guard !state.receipts.insert(receipt).inserted else { return }
            state.violations.append("pool \(pool) stored a post again (I6)")
        }
    }

    // MARK: What clients were told

    func posted(_ ids: [MessageID], expires: Timestamp) {
        state.withLock { state in
            state.order += 1
            for id in ids where state.deleted[id] == nil { state.entries[id] = Entry(order: state.order, expires: expires) }
            state.live += ids.count
        }
    }

    /// Messages that a claim returned: none may be in another claim that was live all the time, or deleted before.
    func claimed(
        _ messages: [Message], by claim: ClaimID, until end: Timestamp, since snapshot: Snapshot, at now: Timestamp
    ) {
        guard end > now else { return }
        state.withLock { state in
            for message in messages {
                if state.deleted[message.id] ?? .max <= snapshot.order {
                    state.violations.append("claimed \(message.sequence.value), which was deleted (I2)")
                }
                guard let entry = state.entries[message.id] else { continue }
                let isHeld = entry.claim != nil && entry.claimedAt <= snapshot.at && entry.claimedUntil > now
                if isHeld, !entry.mayBeClaimed {
                    state.violations.append("claimed \(message.sequence.value), which another claim holds (I3)")
                }
                state.entries[message.id]?.claim = claim
                state.entries[message.id]?.claimedAt = now
                state.entries[message.id]?.claimedUntil = end
                state.entries[message.id]?.mayBeClaimed = false
                state.entries[message.id]?.expires = max(entry.expires, message.expires)
            }
        }
    }

    func released(_ claim: ClaimID) {
        state.withLock { state in
            for (id, entry) in state.entries where entry.claim == claim { state.entries[id]?.claim = nil }
        }
    }

    /// What was asked of this claim may or may not have happened.
    func mayHaveChanged(_ claim: ClaimID) {
        state.withLock { state in
            for (id, entry) in state.entries where entry.claim == claim { state.entries[id]?.mayBeClaimed = true }
        }
    }

    /// A deletion is on its way.
    func deletes(_ id: MessageID) {
        state.withLock { $0.openDeletions[id, default: 0] += 1 }
    }

    /// It is answered.
    func deleted(_ id: MessageID, _ outcome: DeleteOutcome) {
        state.withLock { state in
            state.openDeletions[id, default: 0] -= 1
            guard outcome == .deleted else { return }
            state.order += 1
            state.deleted[id] = state.order
            state.entries[id] = nil
            state.live -= 1
        }
    }

    /// A deletion by the holder of a claim was refused: it must not be, if nothing was lost.
    func deletionRefused(_ id: MessageID, _ outcome: DeleteOutcome, claim: ClaimID, at now: Timestamp) {
        state.withLock { state in
            guard let entry = state.entries[id], entry.claim == claim, entry.claimedUntil > now, entry.expires > now
            else { return }
            guard state.openDeletions[id, default: 0] == 0, !entry.mayBeClaimed else { return }
            state.violations.append("\(outcome) for \(id.sequence.value), which claim \(claim.text.prefix(4)) holds (I3)")
        }
    }

    /// A moment in the order of what clients were told.
    struct Snapshot {
        fileprivate var order: Int
        fileprivate var at: Timestamp
    }

    /// To be taken before a listing or a claim.
    func snapshot(at now: Timestamp) -> Snapshot {
        state.withLock { Snapshot(order: $0.order, at: now) }
    }

    /// A listing of everything: what was acknowledged before it is there unless it may be gone by now, and what was
    /// deleted before it is not (I1, I2), in order (I4).
    func listed(_ messages: [Message], since snapshot: Snapshot, at now: Timestamp) {
        state.withLock { state in
            let listed = Set(messages.map(\.id))
            for id in listed where state.deleted[id] ?? .max <= snapshot.order {
                state.violations.append("listed \(id.sequence.value), which was deleted (I2)")
            }
            for (id, entry) in state.entries where entry.order <= snapshot.order && !listed.contains(id) {
                guard entry.expires > now, state.openDeletions[id, default: 0] == 0 else { continue }
                state.violations.append("did not list \(id.sequence.value), which was acknowledged (I1)")
            }
            let sequences = messages.map(\.sequence)
            if sequences != sequences.sorted() || Set(sequences).count != sequences.count {
                state.violations.append("listed in the order \(sequences.map(\.value)) (I4)")
            }
        }
    }
}
