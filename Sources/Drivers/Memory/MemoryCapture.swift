import WeirDomain
import WeirStorage

/// Something of a queue that can be marked.
enum MemoryChange: Hashable {
    case message(MessageSequence)
    case claim(ClaimID)
}

/// What the source of a move keeps besides the queue: the marks of changes, and the fence.
struct MemoryCapture {
    /// The rule that it breaks, if any.
    let planted: PlantedFault?
    /// That of the capture; without one nothing is marked.
    private(set) var migration: Int64?
    /// The latest mark of all that changed.
    private(set) var marks: [MemoryChange: Int64] = [:]
    /// Outlives captures, so that marks only grow.
    private(set) var lastMark: Int64 = 0
    private(set) var fence: MoveTurn?
    /// When an operation first met the fence: only the fault that forgets fences wants to know.
    private var fenceMet: Timestamp?
    /// Turns up to this one may not fence.
    private var unfenced = MoveTurn(.min)

    init(planted: PlantedFault?) {
        self.planted = planted
    }

    mutating func begin(_ migration: Int64) {
        end()
        self.migration = migration
    }

    mutating func end() {
        migration = nil
        marks = [:]
        fence = nil
    }

    mutating func mark(_ change: MemoryChange) {
        guard migration != nil else { return }
        lastMark += 1
        marks[change] = lastMark
    }

    mutating func clear(through mark: Int64) {
        marks = marks.filter { $0.value > mark }
    }

    // MARK: The fence

    mutating func raiseFence(_ turn: MoveTurn) throws(StorageError) {
        guard turn.migration == migration else { throw .staleRoute }
        guard turn > unfenced || planted == .fenceNotMonotonic else { throw .staleRoute }
        fence = planted == .fenceNotMonotonic ? turn : max(fence ?? turn, turn)
        fenceMet = nil
    }

    mutating func liftFence(through turn: MoveTurn) {
        unfenced = max(unfenced, turn)
        guard let fence, fence <= turn || planted == .unfenceUnconditional else { return }
        self.fence = nil
    }

    /// Whether operations are refused.
    mutating func isFenced(at now: Timestamp?) -> Bool {
        guard fence != nil, planted != .fenceNotChecked else { return false }
        guard planted == .fenceExpires, let now else { return true }
        let met = fenceMet ?? now
        fenceMet = met
        return now.milliseconds < met.milliseconds + 300
    }
}
