internal import WeirDomain
internal import WeirStorage

/// What a walk through the blocks of a queue has found, all of it at one moment of the server. So what the header says
/// can be compared with it, however much the queue changes meanwhile: a count that was wrong by three then is wrong by
/// three now.
struct Inspection {
    /// As it was at that moment.
    let header: QueueHeader
    /// In the server's own count of time.
    let moment: UInt64

    private var blocks = 0
    private(set) var messages = 0
    private(set) var claimed = 0
    private var wake = Int64.max
    private var lastSequence: Int64 = 0
    private var misindexed = 0
    private var unlisted = 0
    private var orphans = 0

    init(_ header: QueueHeader, at moment: UInt64) {
        self.header = header
        self.moment = moment
    }

    /// What one step of the walk has found.
    struct Step {
        var blocks = 0
        var messages = 0
        var claimed = 0
        var wake = Int64.max
        var lastSequence: Int64 = 0
        /// Blocks that their indexes do not describe.
        var misindexed: Set<Int64> = []
        /// Blocks with messages of a claim that does not know of them.
        var unlisted: Set<Int64> = []
        /// Blocks with messages that are held by nobody, and how many these are.
        var withOrphans: Set<Int64> = []
        var orphans = 0
        /// Where the next step begins; nil after the last.
        var next: Int64?

        /// Blocks about which something is wrong.
        var wrong: [Int64] { misindexed.union(unlisted).union(withOrphans).sorted() }
    }

    mutating func add(_ step: Step) {
        blocks += step.blocks
        messages += step.messages
        claimed += step.claimed
        wake = min(wake, step.wake)
        lastSequence = max(lastSequence, step.lastSequence)
        misindexed += step.misindexed.count
        unlisted += step.unlisted.count
        orphans += step.orphans
    }

    // MARK: The header

    private var isWakeLate: Bool { header.isServing && header.wake > wake }
    private var isSequenceBehind: Bool { header.nextSequence <= lastSequence }

    /// Whether the header says what is not so.
    var differs: Bool {
        messages != header.messages || claimed != header.claimed || isWakeLate || isSequenceBehind
    }

    /// - Parameters:
    ///   - mendsBlocks: Whether what is wrong about blocks is mended now.
    ///   - mendsHeader: Likewise of the header.
    func findings(mendsBlocks: Bool, mendsHeader: Bool) -> [PoolFinding] {
        var findings: [PoolFinding] = []
        func found(_ isSo: Bool, _ kind: PoolFinding.Kind, _ detail: String, _ isRepaired: Bool) {
            if isSo { findings.append(PoolFinding(kind, detail, isRepaired: isRepaired)) }
        }
        found(
            messages != header.messages, .wrongCount, "\(header.messages) messages are counted, \(messages) are there",
            mendsHeader)
        found(
            claimed != header.claimed, .wrongCount,
            "\(header.claimed) claimed messages are counted, \(claimed) are there", mendsHeader)
        found(
            isSequenceBehind, .wrongCount,
            "the next sequence is \(header.nextSequence), and message \(lastSequence) is there", mendsHeader)
        found(orphans > 0, .claimWithoutRecord, "\(orphans) messages are held by claims that do not exist", mendsBlocks)
        found(
            misindexed > 0, .wrongIndex, "\(misindexed) of \(blocks) blocks are not indexed as what they are",
            mendsBlocks)
        found(
            unlisted > 0, .wrongIndex, "\(unlisted) blocks hold messages of claims that do not know of them",
            mendsBlocks)
        found(isWakeLate, .wrongIndex, "the end of a delay or claim at \(wake) would not be noticed", mendsHeader)
        return findings
    }
}
