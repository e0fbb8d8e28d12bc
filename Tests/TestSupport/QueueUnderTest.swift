package import WeirDomain
package import WeirStorage

/// A queue, its pool and its clock: the port's operations with the arguments that most tests do not care about
/// filled in.
package struct QueueUnderTest: Sendable {
    /// Where the queue is.
    package let pool: any PoolDriver
    /// Its life, and the epoch it was opened under.
    package let ref: QueueRef
    /// Gives `now` to every operation.
    package let clock: ManualClock

    /// Where the clock stands.
    package var now: Timestamp { clock.now() }

    /// A queue that may not be open.
    package init(pool: any PoolDriver, ref: QueueRef, clock: ManualClock) {
        self.pool = pool
        self.ref = ref
        self.clock = clock
    }

    /// A fresh queue, open on `pool`.
    package static func open(on pool: any PoolDriver, clock: ManualClock) async throws -> QueueUnderTest {
        let queue = QueueUnderTest(pool: pool, ref: .fresh(), clock: clock)
        try await pool.open(queue.ref, now: clock.now())
        return queue
    }

    /// Another fresh queue on the same pool, with the same clock.
    package func sibling() async throws -> QueueUnderTest {
        try await .open(on: pool, clock: clock)
    }

    // MARK: Messages

    /// Posts these messages in one operation.
    @discardableResult
    package func post(
        _ messages: [NewMessage], from client: ClientID = .producer
    ) async throws -> [MessageID] {
        try await pool.post(messages, from: client, to: ref, now: now)
    }

    /// Posts one message a text, in one operation.
    @discardableResult
    package func post(
        _ texts: String..., from client: ClientID = .producer, ttl: Int = 3600, delay: Int = 0
    ) async throws -> [MessageID] {
        try await post(texts.map { .saying($0, ttl: ttl, delay: delay) }, from: client)
    }

    /// Posts messages that say "1" to `count`, in one operation.
    @discardableResult
    package func post(count: Int, ttl: Int = 3600) async throws -> [MessageID] {
        guard count > 0 else { return [] }
        return try await post((1...count).map { .saying(String($0), ttl: ttl) })
    }

    /// By default only what a claim could take.
    package func list(
        after: MessageSequence = .start, limit: Int = 1_000_000, hiding: ClientID? = nil,
        claimed: Bool = false, delayed: Bool = false
    ) async throws -> [Message] {
        let filter = MessageFilter(
            after: after, limit: limit, hiding: hiding, includeClaimed: claimed, includeDelayed: delayed)
        return try await pool.list(filter, in: ref, now: now)
    }

    /// Everything that is not expired.
    package func everything() async throws -> [Message] {
        try await list(claimed: true, delayed: true)
    }

    /// The message with this id, claimed or delayed too.
    package func message(_ id: MessageID) async throws -> Message? {
        try await pool.messages([id], in: ref, now: now).first
    }

    /// Those of these messages that exist, in the order of the ids.
    package func messages(_ ids: [MessageID]) async throws -> [Message] {
        try await pool.messages(ids, in: ref, now: now)
    }

    /// Where a listing after this message goes on.
    package func position(of id: MessageID) async throws -> MessageSequence {
        try await pool.position(of: id, in: ref, now: now)
    }

    /// Deletes one message, obeying claims.
    package func delete(_ id: MessageID, holding claim: ClaimID? = nil) async throws -> DeleteOutcome {
        try await pool.delete(id, holding: claim, in: ref, now: now)
    }

    /// Deletes several messages.
    package func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]? = nil
    ) async throws -> BulkDeleteOutcome {
        try await pool.delete(ids, demanding: claims, in: ref, now: now)
    }

    /// Deletes and returns the first free messages.
    package func pop(_ limit: Int) async throws -> [Message] {
        try await pool.pop(limit, from: ref, now: now)
    }

    /// One step of a purge, of everything unless told otherwise.
    package func purge(
        through last: MessageSequence = MessageSequence(.max), limit: Int = 1000
    ) async throws -> Int {
        try await pool.purge(through: last, limit: limit, in: ref, now: now)
    }

    /// What the queue holds.
    package func stats() async throws -> QueueStats {
        try await pool.stats(of: ref, now: now)
    }

    /// The highest sequence given out.
    package func lastSequence() async throws -> Int64 {
        try await pool.lastSequence(of: ref).value
    }

    // MARK: Claims

    /// What a claim took, and under which id.
    package struct Taken: Sendable {
        /// That of the claim, whether or not it took anything.
        package let id: ClaimID
        /// Held by the claim.
        package let delivered: [Message]
        /// Held by the hold of the rule.
        package let dead: [Message]
    }

    /// Claims under a fresh id, for longer than most tests take.
    package func claim(
        _ limit: Int = 1, ttl: Int = 300, grace: Int = 60, deadLetter: DeadLetterRule? = nil
    ) async throws -> Taken {
        let request = ClaimRequest(
            id: .fresh(), terms: ClaimTerms(ttl: ttl, grace: grace), limit: limit, deadLetter: deadLetter)
        let outcome = try await pool.claim(request, in: ref, now: now)
        return Taken(id: request.id, delivered: outcome.delivered, dead: outcome.dead)
    }

    /// The claim, if it is live.
    package func show(_ id: ClaimID) async throws -> Claim? {
        try await pool.claim(id, in: ref, now: now)
    }

    /// Renews the claim; false if it is not live.
    package func renew(_ id: ClaimID, ttl: Int = 300, grace: Int = 60) async throws -> Bool {
        try await pool.renew(id, terms: ClaimTerms(ttl: ttl, grace: grace), in: ref, now: now)
    }

    /// Ends the claim.
    package func release(_ id: ClaimID) async throws {
        try await pool.release(id, in: ref, now: now)
    }

    // MARK: Collection

    /// Collects until there is nothing more, in steps of `limit`, and says how many steps it took.
    @discardableResult
    package func collectAll(limit: Int = 1000) async throws -> Int {
        var steps = 1
        while try await pool.collect(limit, now: now) {
            steps += 1
            guard steps < 10_000 else { throw CollectionNeverEnds() }
        }
        return steps
    }

    /// Collection says again and again that there may be more.
    package struct CollectionNeverEnds: Error {}
}

extension Sequence where Element == Message {
    /// What the messages say, in order.
    package var texts: [String] { map(\.text) }

    /// The ids of the messages, in order.
    package var ids: [MessageID] { map(\.id) }
}
