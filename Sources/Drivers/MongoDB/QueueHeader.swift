internal import MongoEngine
internal import WeirDomain

/// What a pool knows of a queue, in one document. Whoever changes anything of the queue changes this document in the
/// same transaction, so that of two who do it at once one is refused: that is what makes the check of the epoch hold,
/// and those of fences, captures and turns.
struct QueueHeader {
    enum Role: Int64 {
        case serving = 0
        /// Its life is over; records of it may be left.
        case retired = 1
        /// Its life is over and nothing is left but the header, which keeps stale nodes out.
        case emptied = 2
        /// Serving, and each change leaves a mark. It has a number of its own so that a version of Weir that knows no
        /// marks refuses the queue.
        case capturing = 3
        /// A copy in the making.
        case importing = 4
        /// A copy that is being removed, and the header with it.
        case dropping = 5
        /// Another pool serves the queue.
        case moved = 6
        /// Likewise, and what is left here is being removed.
        case leaving = 7
        /// Likewise, and nothing is left but the header, which keeps stale nodes out.
        case left = 8
    }

    let life: Int64
    var epoch: Int64
    var role = Role.serving
    /// Grows with every change of the queue. What a node remembers of a queue is right as long as this is.
    var version: Int64
    var nextSequence: Int64 = 1
    /// All that are stored, expired ones too.
    var messages = 0
    /// Those in the state of being claimed.
    var claimed = 0
    /// When the next delay or claim ends, or earlier. Never, if the queue is not served.
    var wake = Int64.max
    /// Delays and claims that ended up to here have given their messages back.
    var settledUntil = Int64.min
    /// Whether a message with an id of another queue ever came.
    var hasKept = false
    /// When it ceased to be served.
    var retiredAt: Int64 = 0
    var moves = Moves()

    /// The time for which claims are made. A clock that is behind another caller's does not bring back what that one has
    /// seen end; one that was far ahead is not believed any more.
    func settled(at now: Timestamp) -> Timestamp {
        let before = Timestamp(milliseconds: settledUntil)
        return before > now.adding(seconds: Limits.clockDifferenceSeconds) ? now : max(now, before)
    }

    init(_ ref: QueueRef) {
        life = ref.life.value
        epoch = ref.epoch.value
        // Anywhere, so that nobody who remembers a header that was removed takes this one for it.
        version = .random(in: 0..<1 << 62)
    }

    init(_ document: BSONDocument) {
        life = document.integer("_id") ?? 0
        epoch = document.integer("e") ?? 0
        // A role that is unknown serves nobody.
        role = document.integer("r").flatMap(Role.init) ?? .emptied
        retiredAt = document.integer("ra") ?? 0
        wake = document.integer("w") ?? .max
        version = Self.storedVersion(document)
        moves = Moves(document)
        let state = document.documents(Field.state).first?.array("n") ?? []
        let numbers = state.map { if case .int64(let number) = $0 { number } else { Int64(0) } }
        guard numbers.count == 5 else { return }
        nextSequence = numbers[0]
        messages = Int(numbers[1])
        claimed = Int(numbers[2])
        settledUntil = numbers[3]
        hasKept = numbers[4] != 0
    }

    /// The version in a document that has one; 0 otherwise.
    static func storedVersion(_ document: BSONDocument) -> Int64 {
        document.documents(Field.state).first?.integer("v") ?? 0
    }

    // MARK: Writing

    enum Field {
        /// The only element of an array: what every change of the queue changes. So an update can demand a version by
        /// the element that it takes, and find the document by its key alone: any other condition has the server plan.
        static let state = "s"
        static let version = "s.v"
        static let known = "s.$[known]"
        static let knownVersion = "known.v"
    }

    /// The whole document.
    func write(to document: inout BSONWriter) {
        document.int64("_id", life)
        document.int64("e", epoch)
        document.int64("r", role.rawValue)
        document.int64("ra", retiredAt)
        document.int64("w", wake)
        if moves != Moves() { moves.write(to: &document) }
        document.array(Field.state, [self]) { array, name, header in
            array.document(name) { header.writeState(to: &$0) }
        }
    }

    /// The statement of an update command that stores what differs from `old`, which is stored.
    /// - Parameter demandsVersion: Whether it changes nothing unless the stored version is that of `old`.
    func writeUpdate(of old: QueueHeader, demandsVersion: Bool, to statement: inout BSONWriter) {
        let choosesElement = demandsVersion && differsInStateOnly(from: old)
        statement.document("q") { query in
            query.int64("_id", life)
            if demandsVersion && !choosesElement { query.int64(Field.version, old.version) }
        }
        statement.document("u") { update in
            update.document("$set") { set in
                set.document(choosesElement ? Field.known : "\(Field.state).0") { writeState(to: &$0) }
                if !choosesElement { writeRest(since: old, to: &set) }
            }
        }
        guard choosesElement else { return }
        statement.array("arrayFilters", [old.version]) { filters, name, version in
            filters.document(name) { $0.int64(Field.knownVersion, version) }
        }
    }

    private func differsInStateOnly(from old: QueueHeader) -> Bool {
        epoch == old.epoch && moves == old.moves && wake == old.wake && role == old.role && retiredAt == old.retiredAt
    }

    private func writeRest(since old: QueueHeader, to document: inout BSONWriter) {
        if epoch != old.epoch { document.int64("e", epoch) }
        if moves != old.moves { moves.write(to: &document) }
        // These are in indexes.
        if wake != old.wake { document.int64("w", wake) }
        if role != old.role { document.int64("r", role.rawValue) }
        if retiredAt != old.retiredAt { document.int64("ra", retiredAt) }
    }

    /// In two fields, because a server takes its time for each.
    private func writeState(to document: inout BSONWriter) {
        document.int64("v", version)
        let numbers = [nextSequence, Int64(messages), Int64(claimed), settledUntil, hasKept ? 1 : 0]
        document.array("n", numbers) { $0.int64($1, $2) }
    }
}
