internal import WeirDomain

/// What a node remembers of a queue: its header, and some of its blocks. Right as long as the header's version is the
/// stored one.
final class LoadedQueue {
    let life: Int64
    /// Nil if the pool holds none.
    var header: QueueHeader?
    /// As it is stored.
    var storedHeader: QueueHeader?
    /// Whether anything differs from what is stored.
    var isChanged = false

    /// By their last sequence.
    private(set) var blocks: [Int64: Block] = [:]
    /// The keys of `blocks`, rising.
    private(set) var order: [Int64] = []
    /// Those that may differ from what is stored, and some that were forgotten since.
    private var touched: [ObjectIdentifier: Block] = [:]
    /// No remembered block that ends before has a free message.
    private var freeFrom = Int64.min
    /// All stored blocks with free messages up to here are among `blocks`.
    var freeThrough = Int64.min
    /// Stored blocks that are to go.
    var removed: Set<Int64> = []

    /// The claims that this batch has looked at; nil for one that does not exist.
    var claims: [ClaimID: ClaimRecord?] = [:]
    var changedClaims: Set<ClaimID> = []
    var removedClaims: Set<ClaimID> = []
    /// What this batch has changed and a capture wants to know.
    var marked: Set<Mark.Subject> = []

    init(life: Int64, header: QueueHeader?) {
        self.life = life
        self.header = header
        storedHeader = header
    }

    // MARK: Blocks

    /// The block that ends with `last`, if it was read, or `block`, which is remembered then.
    func remember(_ block: Block) -> Block {
        let known = blocks[block.last]
        if let known {
            if known.bodies == nil { known.bodies = block.bodies }
        } else {
            blocks[block.last] = block
            // Most blocks are the last when they come.
            if order.last.map({ $0 < block.last }) ?? true {
                order.append(block.last)
            } else {
                order.insert(block.last, at: place(of: block.last))
            }
        }
        let block = known ?? block
        weigh(block)
        freeFrom = min(freeFrom, block.last)
        if block.isNew || block.isChanged { touched[ObjectIdentifier(block)] = block }
        return block
    }

    /// To be called with every change of a block that is remembered.
    func touch(_ block: Block) {
        block.isChanged = true
        touched[ObjectIdentifier(block)] = block
        freeFrom = min(freeFrom, block.last)
    }

    /// Forgets the block, if it is remembered under its key.
    func forget(_ block: Block) {
        guard blocks[block.last] === block else { return }
        blocks[block.last] = nil
        if order.last == block.last { order.removeLast() } else { order.remove(at: place(of: block.last)) }
        weight -= block.weighed
        block.weighed = 0
    }

    /// Remembered blocks that may differ from what is stored, in order.
    var unstored: [Block] {
        touched.values.filter { blocks[$0.last] === $0 }.sorted { $0.last < $1.last }
    }

    /// What is remembered is what is stored.
    func wasStored() {
        isChanged = false
        storedHeader = header
        for block in touched.values {
            block.wasStored()
            if blocks[block.last] === block { weigh(block) }
        }
        touched = [:]
        removed = []
        changedClaims = []
        removedClaims = []
    }

    /// Remembered blocks with free messages that end at or before `last`, in order, until `body` has enough.
    func forEachFreeBlock(through last: Int64, _ body: (Block) -> Bool) {
        var isFirst = true
        for key in order[place(of: freeFrom)...] {
            guard key <= last, let block = blocks[key] else { break }
            guard block.records.contains(where: { $0.state == .free }) else { continue }
            if isFirst { freeFrom = key }
            isFirst = false
            if !body(block) { return }
        }
        if isFirst { freeFrom = last == .max ? .max : last + 1 }
    }

    /// Forgets all blocks and claims.
    func forgetRecords() {
        blocks = [:]
        order = []
        touched = [:]
        weight = Self.ownWeight
        freeFrom = .min
        freeThrough = .min
        claims = [:]
    }

    /// The remembered block that holds this sequence, if it is still stored; nil if none is remembered.
    func block(with sequence: Int64) -> Block? {
        let place = place(of: sequence)
        guard place < order.count, let block = blocks[order[place]] else { return nil }
        return block.first <= sequence ? block : nil
    }

    /// Where the first block that ends at or after `sequence` is, or would be.
    private func place(of sequence: Int64) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if order[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The remembered blocks in order.
    var inOrder: [Block] { order.compactMap { blocks[$0] } }

    private static let ownWeight = 512
    /// Bytes that it takes in memory, roughly.
    private(set) var weight = LoadedQueue.ownWeight

    private func weigh(_ block: Block) {
        weight -= block.weighed
        block.weighed = block.weight
        weight += block.weighed
    }

    // MARK: Counting

    /// Keeps the counts right after messages went or changed hands.
    func count(messages: Int = 0, claimed: Int = 0) {
        header?.messages += messages
        header?.claimed += claimed
        isChanged = true
    }

    /// Makes sure that something happens at `time`.
    func wake(at time: Int64) {
        guard let header, time < header.wake else { return }
        self.header?.wake = time
    }

    // MARK: Marks

    /// To be called with every change that does not come by time alone.
    func mark(_ subject: Mark.Subject) {
        guard header?.role == .capturing else { return }
        marked.insert(subject)
    }

    /// Where a marked message is. What this batch changes is remembered, unless it is gone.
    func lastOfBlock(with subject: Mark.Subject) -> Int64? {
        guard case .message(let sequence) = subject else { return nil }
        return block(with: sequence)?.last
    }

    // MARK: Removing

    /// Marks a message as deleted.
    func delete(_ place: Place) {
        mark(.message(place.record.sequence))
        remove(place.index, of: place.block)
    }

    /// Marks a message as gone, and its block too if it was the last in it.
    func remove(_ index: Int, of block: Block) {
        let wasClaimed = block.records[index].state == .claimed
        block.records[index].state = .gone
        touch(block)
        count(messages: -1, claimed: wasClaimed ? -1 : 0)
        guard block.records.allSatisfy({ $0.state == .gone }) else { return }
        if !block.isNew { removed.insert(block.last) }
        forget(block)
    }
}
