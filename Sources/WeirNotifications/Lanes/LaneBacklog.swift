internal import WeirDomain
internal import WeirOperations
internal import WeirStorage

/// The backlog of one lane, which alone uses it: how much is in it, when something of it is due, and what is done with.
/// What it asks of the store it asks until that is done, or the task is cancelled.
final class LaneBacklog {
    private let queue: HiddenQueue
    private let counters: DeliveryCounters
    private let log: NotifierLog
    private let clock: any WeirClock
    private let insistence: Insistence
    /// What is in it, due or not.
    private(set) var count: Int
    /// Whether something in it, or on its way there, may be due.
    private(set) var mayHaveDue: Bool
    private(set) var nextLook: Timestamp?
    private var posts = 0
    private var postsUnderWay = 0
    /// What is no longer needed.
    private var done: [MessageID] = []
    /// What nothing can be made of, and what stays: it may have been sealed with a key that comes back.
    private var unreadable: Set<MessageID> = []

    /// - Parameter count: what it holds from before.
    init(_ queue: HiddenQueue, count: Int, _ node: NotifierNode, _ insistence: Insistence) {
        self.queue = queue
        self.count = count
        self.insistence = insistence
        (counters, log, clock) = (node.counters, node.log, node.clock)
        mayHaveDue = count > 0
        counters.count { $0.backlog += count }
    }

    // MARK: Putting in

    /// Says that something due is on its way there.
    func expectDue() { mayHaveDue = true }

    /// Puts entries behind all others. Nil if the task was cancelled before that was done.
    func post(_ entries: [BacklogEntry], delay: Int) async -> [MessageID]? {
        posts += 1
        postsUnderWay += 1
        defer { postsUnderWay -= 1 }
        let bytes = entries.map(\.bytes)
        let ids = await insistence.insist { [queue] () async throws(StorageError) in
            try await queue.post(bytes, ttl: Limits.outboxSeconds, delay: delay)
        }
        guard let ids else { return nil }
        change(by: ids.count)
        return ids
    }

    // MARK: Taking out

    func look(afterMilliseconds milliseconds: Int64) {
        let point = Timestamp(milliseconds: clock.now().milliseconds + milliseconds)
        nextLook = nextLook.map { min($0, point) } ?? point
    }

    /// Whether it is time to look.
    var isDue: Bool { mayHaveDue || nextLook.map { $0 <= clock.now() } ?? false }

    /// Takes the first entries that are due; none if there are none, or the task was cancelled.
    func claim() async -> [Message] {
        let before = posts
        let found = await insistence.insist { [queue] () async throws(StorageError) in
            try await queue.claim(Limits.backlogBatch, seconds: Limits.backlogClaimSeconds)
        }
        guard let found else { return [] }
        if let found, !found.isEmpty { return found }
        let isQuiet = isQuiet(since: before)
        if isQuiet { mayHaveDue = false }
        nextLook = nil
        // The queue goes with its subscription.
        if found == nil, isQuiet { change(by: -count) }
        if count > 0 { look(afterMilliseconds: Limits.backlogPollMilliseconds) }
        return []
    }

    private func isQuiet(since before: Int) -> Bool { posts == before && postsUnderWay == 0 }

    /// What the entry says; nil, which is reported once, if nothing can be made of it.
    func read(_ message: Message) -> BacklogEntry? {
        if let entry = queue.entry(message).flatMap({ BacklogEntry($0) }) { return entry }
        guard unreadable.insert(message.id).inserted else { return nil }
        counters.count { $0.unreadable += 1 }
        log.error(
            "delivery unreadable", about: "backlogs",
            [
                "subscription": insistence.subscription, "backlog": queue.key.name.value,
                "sequence": "\(message.sequence.value)", "reason": queue.whyUnreadable(message),
            ])
        return nil
    }

    /// What is done with is deleted by the next `sweep`.
    func drop(_ ids: [MessageID]) { done += ids }

    func sweep() async {
        let ids = done
        guard !ids.isEmpty else { return }
        done = []
        let isGone: Void? = await insistence.insist { [queue] () async throws(StorageError) in try await queue.delete(ids) }
        if isGone != nil { change(by: -min(ids.count, count)) }
    }

    // MARK: The end

    /// Removes it with all that is in it, unless something was put in since `isWanted` was asked, and that said no.
    func remove(unless isWanted: () async -> Bool) async {
        let before = posts
        guard await !isWanted(), isQuiet(since: before) else { return }
        let isRemoved: Void? = await insistence.insist { [queue] () async throws(StorageError) in try await queue.remove() }
        guard isRemoved != nil, posts == before else { return }
        change(by: -count)
        nextLook = nil
    }

    /// It counts no longer among those of this node.
    func leave() { change(by: -count) }

    private func change(by difference: Int) {
        count += difference
        counters.count { $0.backlog += difference }
    }
}
