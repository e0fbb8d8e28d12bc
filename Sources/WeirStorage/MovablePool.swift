package import WeirDomain

/// A pool as the source and the target of moves of queues. Each operation is atomic and stored when it returns, as all
/// of `PoolDriver`, and none takes longer the more a queue holds: those with a limit do a bounded step.
///
/// For each life that a pool knows it keeps one of these roles:
///
/// | role | operations of `PoolDriver` | holds |
/// | --- | --- | --- |
/// | serving(epoch) | done, if life and epoch are right | the queue |
/// | serving, capturing for a migration | done; each change is marked in the same atomic step | the queue and the marks |
/// | fenced(turn): serving, capturing, and waiting for a cutover | all refused with `fenced`, reads too | the queue and the marks |
/// | importing(turn): a shadow that nobody is served from | `staleRoute` | a copy that is not complete |
/// | moved(epoch, migration) | `staleRoute`, `open` too | the copy that was left, then nothing: the role stays for `Limits.tombstoneSeconds` |
/// | retired | `staleRoute` | nothing |
///
/// `retire` ends any of them. A fence changes nothing about the epoch that is checked: a caller with another epoch is
/// told `staleRoute`, fenced or not.
package protocol MovablePool: Sendable {
    // MARK: The source

    /// From now on marks what changes in the queue: every message that is posted, claimed, renewed, released, deleted,
    /// popped or purged and every claim that is made, renewed or released leaves a mark, in the atomic step of the
    /// change; with each deletion too (rule R2). What happens by time alone (expiry, the end of a claim or of a delay)
    /// leaves none: the times go along, and mean the same everywhere.
    ///
    /// Again for the same migration it changes nothing and says `continued`: every change since the first time has its
    /// mark. For a later migration the marks are dropped, a fence of the earlier one is lifted, and capture begins anew.
    /// - Throws: `queueNotOpen`, `staleRoute` if another epoch is served here or a later migration captures; `fenced`
    ///   never.
    func beginCapture(of queue: QueueRef, for migration: Int64) async throws(StorageError) -> CaptureStart

    /// Ends the capture of this migration, lifts its fence, and removes at most `limit` marks. True if there may be
    /// more: then it wants to be called again. Another migration's capture, and a queue that is not served here, stay
    /// as they are: false.
    func endCapture(of queue: QueueRef, for migration: Int64, limit: Int) async throws(StorageError) -> Bool

    /// Messages after this sequence, in order, claimed and delayed ones too, expired ones left out: at most `limit`, and
    /// no more than about `bytes` of bodies, but one at least if there is any. Whatever the role, as long as there is
    /// data: source, shadow and what was left are read alike.
    /// - Throws: `queueNotOpen` if the pool knows nothing of this life.
    func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> [Message]

    /// Live claims, page by page of about `limit`, whatever the role. One that lives throughout stands on some page; one
    /// that comes, goes or changes meanwhile may or may not, or twice: its mark tells.
    /// - Parameter cursor: Nil at first, then what the page before gave.
    func claims(
        of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp
    ) async throws(StorageError) -> ClaimPage

    /// The oldest marks and what the marked messages and claims are now, read in one atomic step.
    /// - Throws: `staleRoute` if this migration does not capture here.
    func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> QueueChanges

    /// Removes the marks up to this one. A message or claim that was changed after `changes` read it has a new mark
    /// beyond it, which stays (rule R3).
    func clearChanges(of queue: QueueRef, for migration: Int64, through mark: Int64) async throws(StorageError)

    /// From here on every operation of `PoolDriver` on the queue is refused with `fenced`, in the atomic step of its
    /// check (rule R1). A fence of an earlier turn is raised to this one, one of a later turn stays (rule R9).
    /// - Throws: `staleRoute` if the turn's migration does not capture here, or if `unfence` was told of this turn or
    ///   of a later one before.
    func fence(_ queue: QueueRef, turn: MoveTurn) async throws(StorageError)

    /// Lifts a fence of this turn or of an earlier one (rule R10), and refuses such fences from now on. A later fence
    /// stays. No error if there is none.
    func unfence(_ queue: QueueRef, through turn: MoveTurn) async throws(StorageError)

    /// What the pool holds of this life, whatever the role.
    /// - Throws: `queueNotOpen` if it knows nothing of it.
    func census(of life: QueueLife, now: Timestamp) async throws(StorageError) -> QueueCensus

    /// The source has been replaced: from now on it serves nobody, and keeps what it holds until `clear`. Capture and
    /// marks are over. Doing it again changes nothing.
    /// - Parameter queue: The route that was: serving, captured by the turn's migration and fenced.
    /// - Parameter epoch: That of the route which took its place.
    /// - Throws: `staleRoute` if it is not fenced by the turn's migration and has not moved by it either.
    func markMoved(_ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp) async throws(StorageError)

    // MARK: The target

    /// Makes room for a copy. Of the cases in which the pool knows the life already:
    /// - importing by an earlier turn of the same migration: `continued`, what was imported stays, and the earlier turn
    ///   is refused from now on (rule R6). The same turn again: `continued`.
    /// - serving `queue.epoch`, finalised by an earlier turn of the same migration whose switch did not come about:
    ///   importing again, `continued`; its capture is over, its marks may go later. The same turn: `staleRoute`.
    /// - moved by the same migration and not cleared: importing again, `continued` (the way back of a reversal).
    /// - moved to an epoch below `queue.epoch` and cleared: `fresh`.
    /// - importing by an earlier migration, or moved by one with data left: `leftover`, nothing is changed: `clear` first.
    /// - anything else: `staleRoute`.
    /// - Parameter queue: The route that is to be: its epoch is above every epoch of this life before.
    func openShadow(
        of queue: QueueRef, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) -> ShadowStart

    /// Makes the shadow agree with this part: each message and claim replaces what the shadow has under its sequence or
    /// id, those that are gone are removed. Claims and their messages may come in any order. Doing it again changes
    /// nothing. A message or claim whose time is over by `now` may be left out.
    /// - Throws: `staleRoute` unless the shadow is importing by exactly this turn (rule R6).
    func `import`(
        _ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError)

    /// The shadow is the queue from now on: it serves `queue.epoch`, and its next sequence is above `last` and above all
    /// that it holds (rule R8). With `isCapturing` changes are marked from the first on, for the way back. The same
    /// again changes nothing.
    /// - Throws: `staleRoute` unless it is importing by exactly this turn, or finalised by it.
    func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) async throws(StorageError)

    /// Removes what the pool holds of a life that it does not serve, at most `limit` records at a time. True if there
    /// may be more. It is for a shadow of this turn or of an earlier one; then nothing remains, the role included. And
    /// for a queue that has moved, by a migration not later than the turn's; then the role remains. From the first step
    /// on `openShadow` does not continue what is left. A life that the pool does not know, or has retired: false.
    ///
    /// What is served is never cleared, a shadow that was finalised in vain neither: `openShadow` makes it one again
    /// first. So a call that comes ever so late, or of one who believes an old state, harms nobody.
    /// - Throws: `staleRoute` if it is served, or imported by a later turn.
    func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) async throws(StorageError) -> Bool

    // MARK: Inspection

    /// Lives that the pool knows, in order, after this one: tombstones (retired, and moved with nothing left) left out.
    func lives(after life: QueueLife, limit: Int) async throws(StorageError) -> [HeldLife]

    /// Compares what the pool keeps about the queue (counts, indexes, claims) with what it holds, in bounded steps, and
    /// mends what differs if it is `repairing`. Changes that happen meanwhile are no findings. Nothing for a life that
    /// it does not know.
    func inspect(
        _ life: QueueLife, repairing: Bool, now: Timestamp
    ) async throws(StorageError) -> [PoolFinding]
}

/// Whether marks were there before.
package enum CaptureStart: Hashable, Sendable {
    case began
    /// The capture of the same migration was on all the time.
    case continued
}

/// Whether a shadow was there before.
package enum ShadowStart: Hashable, Sendable {
    /// Empty.
    case fresh
    /// With all that the same migration has imported.
    case continued
    /// There is something of an earlier migration: nothing was opened.
    case leftover
}

/// Some live claims.
package struct ClaimPage: Hashable, Sendable {
    package var claims: [MovedClaim]
    /// What the next page begins after; nil if there is none.
    package var next: [UInt8]?

    package init(claims: [MovedClaim], next: [UInt8]?) {
        self.claims = claims
        self.next = next
    }
}

/// Some marked changes.
package struct QueueChanges: Hashable, Sendable {
    /// What was marked, as it is now. No message and no claim is in it twice.
    package var part: QueuePart
    /// The last mark that this covers: every mark up to it is covered. Marks of one queue only grow, from one capture to
    /// the next too, and no two are the same.
    package var mark: Int64
    /// How many marks are left beyond it.
    package var left: Int

    package init(part: QueuePart, mark: Int64, left: Int) {
        self.part = part
        self.mark = mark
        self.left = left
    }
}

/// Something about a queue that its pool keeps and that is not so.
package struct PoolFinding: Hashable, Sendable {
    /// What differs.
    package enum Kind: String, Hashable, Sendable {
        /// A count that is kept differs from what is there.
        case wrongCount = "wrong_count"
        /// Messages are held by claims that do not exist.
        case claimWithoutRecord = "claim_without_record"
        /// Messages that no index finds, or entries of an index without a message.
        case wrongIndex = "wrong_index"
    }

    package var kind: Kind
    /// A sentence with figures.
    package var detail: String
    /// Whether it is mended now.
    package var isRepaired: Bool

    package init(_ kind: Kind, _ detail: String, isRepaired: Bool) {
        self.kind = kind
        self.detail = detail
        self.isRepaired = isRepaired
    }
}
