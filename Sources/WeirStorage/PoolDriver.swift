package import WeirDomain

/// A live pool: where messages and claims are.
///
/// Every operation on a queue carries a `QueueRef`, and the pool checks life and epoch in the same atomic step
/// as the work: `queueNotOpen` if it does not hold this life, `staleRoute` if it serves another epoch or the
/// life has ended. `now` is the caller's clock; expired messages and ended claims are never seen, whether or
/// not they have been collected. Every operation is atomic, and returns only after its effect is stored to the
/// level that the pool's capabilities state. Operations may be called from any task at any time; two that race
/// take effect one after the other.
package protocol PoolDriver: MovablePool {
    // MARK: Queues

    /// Makes the pool ready to hold `queue`. Doing it again changes nothing.
    /// - Throws: `staleRoute` if this life has ended here, or is served under a later epoch.
    func open(_ queue: QueueRef, now: Timestamp) async throws(StorageError)

    /// Ends this life of the queue, whether or not it was opened: everything in it is gone at once and for good,
    /// and `open` refuses it for `Limits.tombstoneSeconds`.
    /// - Throws: `staleRoute` if the life is served under a later epoch.
    func retire(_ queue: QueueRef, now: Timestamp) async throws(StorageError)

    // MARK: Messages

    /// Stores all of `messages` or none, with rising sequences in the order given, and returns their ids.
    /// A message with a kept id that the queue holds already is not stored again.
    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [MessageID]

    /// Likewise, unless the queue has a receipt with this id that is not over by `now`: then nothing is stored. Otherwise
    /// the receipt is stored with the messages, in the same atomic step. Of two that race one stores. None of the messages
    /// keeps an id, and there is at least one.
    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) async throws(StorageError) -> PostOutcome

    /// The first messages that pass the filter, in sequence order.
    func list(
        _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message]

    /// The messages with these ids, in the order of the ids; those that do not exist are left out.
    /// Claimed and delayed ones are included.
    func messages(
        _ ids: [MessageID], in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message]

    /// Where a listing that follows this message goes on: its present sequence if the queue holds it, otherwise
    /// the one it was accepted under.
    func position(
        of id: MessageID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> MessageSequence

    /// Deletes one message, obeying claims.
    func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> DeleteOutcome

    /// Deletes messages, whoever has claimed them, or, with `claims`, only if each existing one is held by one of
    /// these live claims.
    func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> BulkDeleteOutcome

    /// Deletes and returns the first messages that a claim could take, at most `limit`.
    func pop(
        _ limit: Int, from queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message]

    /// Deletes unclaimed messages up to and including `last`, at most `limit`, and says how many those were:
    /// fewer than `limit` means that none are left.
    func purge(
        through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Int

    /// The highest sequence given out so far, `MessageSequence.start` before the first message.
    func lastSequence(of queue: QueueRef) async throws(StorageError) -> MessageSequence

    /// What the queue holds at `now`: expired messages are not counted, whether or not they were collected.
    func stats(of queue: QueueRef, now: Timestamp) async throws(StorageError) -> QueueStats

    // MARK: Claims

    /// Takes the first messages that are neither claimed, delayed nor expired, in sequence order.
    func claim(
        _ request: ClaimRequest, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> ClaimOutcome

    /// The claim and what is left of its messages; nil if it is unknown, released or expired.
    func claim(
        _ id: ClaimID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Claim?

    /// Starts the claim's time anew under these terms; false if it is unknown, released or expired.
    func renew(
        _ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Bool

    /// Ends the claim: its messages are free at once, and no longer bear its id. Unknown claims are no error.
    func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError)

    // MARK: The pool itself

    /// Removes at most `limit` records that nobody can see any more. True if there may be more.
    func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool

    /// Asks the store what it is and works out its capabilities.
    func probe(now: Timestamp) async throws(StorageError) -> PoolProbe

    /// Returns if the store answers.
    func ping() async throws(StorageError)

    /// Finishes what was accepted, then lets go of the store. Later calls throw `unavailable`.
    func shutdown() async

    /// Likewise, of a store that was only tried: if opening it has made it, it goes again.
    func abandon() async
}

extension PoolDriver {
    /// Enough for stores that opening does not make.
    package func abandon() async { await shutdown() }
}
