internal import MongoEngine
internal import WeirDomain

extension QueueHeader {
    /// What a header says about moves of its queue. Numbers are 0 where there is nothing to say, and a header whose
    /// queue never moved says nothing at all.
    struct Moves: Equatable {
        /// The migration for which changes are marked.
        var capture: Int64 = 0
        var fence = MoveTurn(0)
        /// Fences of turns up to this one are refused.
        var unfenced = MoveTurn(0)
        /// The turn that imports, or that finalised, removes or replaced what is here.
        var turn = MoveTurn(0)
        /// The last mark that was given.
        var lastMark: Int64 = 0
        /// Marks up to this one are of captures that are over.
        var voidThrough: Int64 = 0
        /// Marks that are stored, void ones too.
        var marks = 0
        /// Those that are void.
        var voidMarks = 0
        /// How often counts were mended.
        var mendings: Int64 = 0
    }

    // MARK: Serving

    var isServing: Bool { role == .serving || role == .capturing }
    var isFenced: Bool { moves.fence.value != 0 }

    /// Whether messages and claims of it may be there for somebody.
    var hasData: Bool {
        switch role {
        case .serving, .capturing, .importing, .moved: true
        case .retired, .emptied, .dropping, .leaving, .left: false
        }
    }

    /// Serves nobody from now on.
    mutating func stop(as role: Role) {
        endCapture()
        self.role = role
        wake = .max
    }

    // MARK: Capture

    mutating func beginCapture(for migration: Int64) {
        endCapture()
        role = .capturing
        moves.capture = migration
    }

    /// Lifts the fence too: there is none without a capture.
    mutating func endCapture() {
        if role == .capturing { role = .serving }
        moves.capture = 0
        moves.fence = MoveTurn(0)
        moves.voidThrough = moves.lastMark
        moves.voidMarks = moves.marks
    }
}

extension QueueHeader.Moves {
    init(_ document: BSONDocument) {
        let numbers = document.array("m").map { if case .int64(let number) = $0 { number } else { Int64(0) } }
        guard numbers.count == 9 else { return }
        capture = numbers[0]
        fence = MoveTurn(numbers[1])
        unfenced = MoveTurn(numbers[2])
        turn = MoveTurn(numbers[3])
        lastMark = numbers[4]
        voidThrough = numbers[5]
        marks = Int(numbers[6])
        voidMarks = Int(numbers[7])
        mendings = numbers[8]
    }

    /// Likewise in one field.
    func write(to document: inout BSONWriter) {
        let numbers = [
            capture, fence.value, unfenced.value, turn.value, lastMark, voidThrough, Int64(marks), Int64(voidMarks),
            mendings,
        ]
        document.array("m", numbers) { $0.int64($1, $2) }
    }
}
