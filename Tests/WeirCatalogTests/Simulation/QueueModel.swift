import WeirDomain

/// What one life of a queue holds, as the simulation knows from the answers it got.
struct QueueModel {
    struct Entry {
        let id: MessageID
        var claim: ClaimID?
        var claimedUntil = Timestamp(milliseconds: 0)

        func isClaimed(at now: Timestamp) -> Bool { claim != nil && claimedUntil > now }
    }

    /// In the order in which they were accepted.
    private(set) var entries: [Entry] = []
    private var lastSequence = MessageSequence.start

    /// Says what is wrong with these ids of accepted messages, if anything is.
    mutating func accept(_ ids: [MessageID]) -> String? {
        for id in ids {
            guard id.sequence > lastSequence else {
                return "sequence \(id.sequence.value) after \(lastSequence.value)"
            }
            lastSequence = id.sequence
            entries.append(Entry(id: id))
        }
        return nil
    }

    /// The queue goes to another pool, which counts from the beginning.
    mutating func restart() {
        lastSequence = .start
    }

    /// Says what is wrong with a listing of everything, if anything is.
    func compare(_ listed: [Message], at now: Timestamp) -> String? {
        guard listed.map(\.id) == entries.map(\.id) else {
            return "listed \(listed.map(\.id.sequence.value)), expected \(entries.map(\.id.sequence.value))"
        }
        for (message, entry) in zip(listed, entries) {
            let isClaimed = message.claim != nil && message.claimedUntil > now
            guard isClaimed == entry.isClaimed(at: now), !isClaimed || message.claim == entry.claim else {
                return "message \(entry.id.sequence.value) is claimed by another than expected"
            }
        }
        return nil
    }

    /// Says what is wrong with what a claim took, if anything is.
    mutating func claim(
        _ id: ClaimID, _ delivered: [Message], limit: Int, until end: Timestamp, now: Timestamp
    ) -> String? {
        let free = entries.indices.filter { !entries[$0].isClaimed(at: now) }.prefix(limit)
        guard delivered.map(\.id) == free.map({ entries[$0].id }) else {
            return
                "claimed \(delivered.map(\.id.sequence.value)), free were \(free.map { entries[$0].id.sequence.value })"
        }
        for place in free {
            entries[place].claim = id
            entries[place].claimedUntil = end
        }
        return nil
    }

    /// What deleting the message may answer: without a claim, or with one that it was seen in.
    mutating func delete(_ id: MessageID, naming claim: ClaimID?, at now: Timestamp) -> Set<DeleteOutcome> {
        guard let place = entries.firstIndex(where: { $0.id == id }) else { return [.missing] }
        let isClaimed = entries[place].isClaimed(at: now)
        if let claim {
            guard isClaimed, entries[place].claim == claim else {
                return [.claimNotLive, .claimedByAnother, .notClaimed]
            }
        } else if isClaimed {
            return [.claimed]
        }
        entries.remove(at: place)
        return [.deleted]
    }
}
