package import Logging
internal import Synchronization
internal import WeirCatalog
package import WeirDomain
package import WeirOperations
package import WeirStorage

/// Reads the outboxes for readers on this node, beside the nodes that serve them. Nothing is read while nobody follows
/// anything. What was delivered stays in an outbox for `Limits.outboxTailMilliseconds`.
package final class OutboxTail: MessageTail {
    private struct Follower {
        let feed: FollowedQueue
        /// What it does not want, by outbox: all that was posted before it came.
        let floors: [QueueName: MessageSequence]
    }

    /// How far an outbox was read.
    private struct Position {
        var sequence: MessageSequence
        /// When it was looked at last.
        var seen: Timestamp
    }

    private struct State {
        var followers: [ObjectIdentifier: Follower] = [:]
        var positions: [QueueName: Position] = [:]
    }

    private let state = Mutex(State())
    private let room = TailRoom()
    private let vault: Vault
    private let bells: Doorbells
    private let bell: Doorbells.Listener
    private let log: NotifierLog

    package init(_ vault: Vault, bells: Doorbells, logger: Logger) {
        self.vault = vault
        log = NotifierLog(logger, clock: vault.catalog.clock)
        self.bells = bells
        bell = bells.listenToAll()
    }

    package func follow(_ queue: QueueKey) async throws(StorageError) -> FollowedQueue {
        var floors: [QueueName: MessageSequence] = [:]
        let now = catalog.clock.now()
        for outbox in try await outboxes() { floors[outbox.key.name] = try await outbox.lastSequence() }
        let feed = FollowedQueue(queue, sharing: room)
        let id = ObjectIdentifier(feed)
        feed.whenEnded { [weak self] in self?.leave(id) }
        state.withLock { state in
            for (name, floor) in floors where state.positions[name] == nil {
                state.positions[name] = Position(sequence: floor, seen: now)
            }
            state.followers[id] = Follower(feed: feed, floors: floors)
        }
        bell.ring()
        return feed
    }

    private func leave(_ id: ObjectIdentifier) {
        state.withLock { state in
            state.followers[id] = nil
            if state.followers.isEmpty { state.positions = [:] }
        }
    }

    private var catalog: Catalog { vault.catalog }

    private var isFollowed: Bool { state.withLock { !$0.followers.isEmpty } }

    // MARK: Reading

    /// Until cancelled.
    package func run() async {
        var known: [HiddenQueue] = []
        var lastSearch = Timestamp(milliseconds: 0)
        while !Task.isCancelled {
            let isFollowed = isFollowed
            var isCaughtUp = true
            if isFollowed {
                let now = catalog.clock.now()
                if now.milliseconds - lastSearch.milliseconds >= Int64(Limits.outboxSearchMilliseconds) {
                    // A catalog that is away is reported by those who need it more.
                    known = (try? await outboxes()) ?? known
                    lastSearch = now
                }
                for outbox in known where await read(outbox) { isCaughtUp = false }
            }
            guard isCaughtUp else { continue }
            let pause = isFollowed ? Limits.outboxPollMilliseconds : Limits.outboxIdlePollMilliseconds
            await bell.wait(milliseconds: pause, catalog.clock)
        }
    }

    private func outboxes() async throws(StorageError) -> [HiddenQueue] {
        try await catalog.store.outboxes().map { HiddenQueue(.outbox, $0.key.name, home: $0.pool, in: vault) }
    }

    /// Hands on what is new in this outbox. True if there is more.
    private func read(_ outbox: HiddenQueue) async -> Bool {
        let name = outbox.key.name
        let now = catalog.clock.now()
        let position = state.withLock { $0.positions[name] } ?? Position(sequence: .start, seen: now)
        guard let batch = try? await outbox.list(after: position.sequence, limit: Limits.outboxBatch) else { return false }
        if now.milliseconds - position.seen.milliseconds >= Limits.outboxTailMilliseconds {
            guard let next = await next(in: outbox, of: batch) else { return false }
            // What was delivered in the meantime may be gone already.
            if next.value > position.sequence.value + 1 { giveUp(name, before: next) }
        }
        let followers = state.withLock { state in
            // Nobody may be left, and then nothing is remembered.
            if !state.followers.isEmpty {
                state.positions[name] = Position(sequence: batch.last?.sequence ?? position.sequence, seen: now)
            }
            return Array(state.followers.values)
        }
        for entry in batch {
            guard let announcement = outbox.entry(entry).flatMap({ Announcement($0) }) else {
                log.error(
                    "outbox entry unreadable: nothing is pushed", about: name.value,
                    ["outbox": name.value, "sequence": "\(entry.sequence.value)", "reason": outbox.whyUnreadable(entry)])
                continue
            }
            guard case .messages(let messages) = announcement.content, !announcement.isReturned else { continue }
            for follower in followers where follower.feed.queue == announcement.queue {
                guard follower.floors[name].map({ $0 < entry.sequence }) ?? true else { continue }
                for message in messages where !follower.feed.put(message) { break }
            }
        }
        return batch.count == Limits.outboxBatch
    }

    /// The first of the entries that are there or that will be; nil if the pool does not say.
    private func next(in outbox: HiddenQueue, of batch: [Message]) async -> MessageSequence? {
        if let first = batch.first { return first.sequence }
        guard let last = try? await outbox.lastSequence() else { return nil }
        return MessageSequence(last.value + 1)
    }

    /// Those who follow anything since before that entry may have missed some of it.
    private func giveUp(_ name: QueueName, before next: MessageSequence) {
        let followers = state.withLock { Array($0.followers.values) }
        for follower in followers where follower.floors[name].map({ $0.value + 1 < next.value }) ?? true {
            follower.feed.end(.missed)
        }
    }
}
