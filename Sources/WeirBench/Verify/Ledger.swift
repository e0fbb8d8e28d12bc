/// A history turned round: what became of each message.
struct Ledger {
    /// One message that may be in a queue.
    struct Message {
        let stamp: Stamp
        /// The id it was acknowledged under, else that of its first delivery.
        var id: String?
        let isAcknowledged: Bool
        /// The claims that handed it out, one entry a delivery.
        var claims: [Int] = []
        /// When a delete of it was acknowledged, the first time.
        var deletedAt: UInt64?
        /// The claims that deletes of unknown outcome named.
        var unknownDeletes: [Int] = []
        /// Whether its queue listed it at the end.
        var isLeftOver = false
    }

    let claims: [History.Claim]
    let deletes: [History.Delete]
    private(set) var messages: [Message] = []
    private var places: [Stamp: Int] = [:]

    /// Books everything, and counts what needs no more than that: phantoms, ids and the plain facts.
    init(_ history: History, _ findings: inout Findings) {
        claims = history.claims
        deletes = history.deletes
        for post in history.posts { book(post, &findings) }
        var owners = idsOfAcknowledged()
        for claim in claims.indices { book(claim, &owners, &findings) }
        for delete in deletes { book(delete, &findings) }
        for leftover in history.leftovers {
            if let place = place(leftover.stamp, in: leftover.queue) { messages[place].isLeftOver = true }
        }
        findings.consumed = messages.count { !$0.claims.isEmpty }
    }

    /// The place of a message in `messages`; nil if it was not posted, or to another queue.
    func place(_ stamp: Stamp?, in queue: Int) -> Int? {
        guard let stamp, Int(stamp.queue) == queue else { return nil }
        return places[stamp]
    }

    private mutating func book(_ post: History.Post, _ findings: inout Findings) {
        switch post.outcome {
        case .refused: return
        case .unknown:
            findings.unknownPosts += post.stamps.count
            for stamp in post.stamps { add(Message(stamp: stamp, isAcknowledged: false)) }
        case .acknowledged(let ids):
            findings.acknowledged += post.stamps.count
            for (index, stamp) in post.stamps.enumerated() {
                let id = index < ids.count ? ids[index] : nil
                add(Message(stamp: stamp, id: id, isAcknowledged: true))
            }
        }
    }

    private mutating func add(_ message: Message) {
        places[message.stamp] = messages.count
        messages.append(message)
    }

    /// An id belongs to a message of a queue; queues may use the same one.
    private func idsOfAcknowledged() -> [OwnedID: Int] {
        var owners: [OwnedID: Int] = [:]
        owners.reserveCapacity(messages.count)
        for (place, message) in messages.enumerated() {
            if let id = message.id { owners[OwnedID(queue: Int(message.stamp.queue), id: id)] = place }
        }
        return owners
    }

    private mutating func book(
        _ claim: Int, _ owners: inout [OwnedID: Int], _ findings: inout Findings
    ) {
        let queue = claims[claim].queue
        guard let deliveries = claims[claim].deliveries else { return findings.unknownClaims += 1 }
        for delivery in deliveries {
            guard let place = place(delivery.stamp, in: queue) else {
                findings.phantoms += 1
                findings.explain(
                    "phantom: queue \(queue) handed out \(delivery.id), "
                        + (delivery.stamp.map { "stamped \($0.place)" } ?? "whose body nobody wrote"))
                continue
            }
            let owned = OwnedID(queue: queue, id: delivery.id)
            if (messages[place].id ?? delivery.id) != delivery.id || (owners[owned] ?? place) != place {
                findings.changedIDs += 1
                findings.explain("changed id: \(messages[place].stamp.place) came as \(delivery.id)")
            } else {
                messages[place].id = delivery.id
                owners[owned] = place
            }
            messages[place].claims.append(claim)
        }
    }

    private mutating func book(_ delete: History.Delete, _ findings: inout Findings) {
        switch delete.outcome {
        case .unknown:
            findings.unknownDeletes += 1
            if let place = places[delete.stamp] { messages[place].unknownDeletes.append(delete.claim) }
        case .refused: findings.refusedDeletes += 1
        case .acknowledged:
            guard let place = places[delete.stamp] else { return }
            messages[place].deletedAt = min(messages[place].deletedAt ?? .max, delete.answered)
        }
    }

    private struct OwnedID: Hashable {
        let queue: Int
        let id: String
    }
}
