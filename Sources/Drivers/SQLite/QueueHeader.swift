internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// What a pool knows of a queue.
struct QueueHeader {
    var epoch: Int64
    var role: Int
    var nextSequence: Int64
    var messages: Int
    var claimed: Int

    // Moves
    /// The turn that imports, has finalised or has moved it.
    var turn: MoveTurn?
    /// The migration that captures.
    var capture: Int64?
    var fence: MoveTurn?
    /// Turns up to this one may not fence.
    var unfenced: MoveTurn
    /// Marks up to here are of captures that are over.
    var firstMark: Int64
    var lastMark: Int64
    /// Marks beyond `firstMark`.
    var marks: Int
    /// Whether there may be marks up to `firstMark`.
    var hasOldMarks: Bool
    /// When it moved.
    var movedAt: Timestamp

    /// Whether its counts differ from its row.
    var isChanged = false
    /// Whether anything else does.
    var hasNewRole = false

    /// Reads the columns of `PoolStatements.header`.
    init(_ row: Statement) {
        epoch = row.integer(0)
        role = row.int(1)
        nextSequence = row.integer(2)
        messages = row.int(3)
        claimed = row.int(4)
        turn = row.isNull(5) ? nil : MoveTurn(row.integer(5))
        capture = row.isNull(6) ? nil : row.integer(6)
        fence = row.isNull(7) ? nil : MoveTurn(row.integer(7))
        unfenced = MoveTurn(row.integer(8))
        firstMark = row.integer(9)
        lastMark = row.integer(10)
        marks = row.int(11)
        hasOldMarks = row.int(12) == 1
        movedAt = Timestamp(milliseconds: row.integer(13))
    }

    var hasMoved: Bool { (Schema.Role.moved...Schema.Role.cleared).contains(role) }

    /// Whether nothing but the header is left, or soon will be.
    var isTombstone: Bool {
        [Schema.Role.retired, Schema.Role.emptied, Schema.Role.cleared].contains(role)
    }

    func isImporting(by turn: MoveTurn) -> Bool {
        role == Schema.Role.importing && self.turn == turn
    }

    /// Nothing is marked any more, nobody is fenced out, and the marks that there are mean nothing.
    mutating func endCapture() {
        capture = nil
        fence = nil
        hasOldMarks = hasOldMarks || marks > 0
        firstMark = lastMark
        marks = 0
    }

    /// Whether `turn` may remove it, because the pool does not serve it.
    func mayBeCleared(by turn: MoveTurn) -> Bool {
        guard let own = self.turn else { return false }
        return switch role {
        case Schema.Role.serving: false
        case Schema.Role.importing, Schema.Role.clearingShadow: own <= turn
        default: own.migration <= turn.migration
        }
    }

    /// What `turn` finds that wants to make this a shadow of the queue under `epoch`; nil if it may not.
    func shadowStart(_ turn: MoveTurn, _ epoch: Int64) -> ShadowStart? {
        guard let own = self.turn, own <= turn else { return nil }
        let isSame = own.migration == turn.migration
        return switch role {
        case Schema.Role.serving: isSame && own < turn && self.epoch == epoch ? .continued : nil
        case Schema.Role.importing where self.epoch <= epoch: isSame ? .continued : .leftover
        case Schema.Role.clearingShadow where self.epoch <= epoch: .leftover
        case Schema.Role.moved where self.epoch < epoch: isSame ? .continued : .leftover
        case Schema.Role.clearingMoved where self.epoch < epoch: .leftover
        case Schema.Role.cleared where self.epoch < epoch: .fresh
        default: nil
        }
    }
}
