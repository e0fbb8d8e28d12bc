internal import RedisEngine
internal import WeirDomain

/// A part of a queue as `import.lua` takes it: all that is the same for many messages is one command there.
struct PackedPart: Sendable {
    private var lowest: Int64 = 0
    private var highest: Int64 = 0
    /// What is due first of a claim, a delay or a message.
    private var earliest: Int64?

    // In the order of the script.
    private var goneClaims: [[UInt8]]
    private var gone: [[UInt8]]
    private var claims: [[UInt8]] = []
    private var messages: [[UInt8]] = []
    private var states: [[UInt8]] = []
    private var kept: [[UInt8]] = []
    private var free: [[UInt8]] = []
    private var held: [[UInt8]] = []
    private var late: [[UInt8]] = []
    private var times: [[UInt8]] = []
    private var holds: [[UInt8]] = []
    private var blocks: [[UInt8]] = []

    init(_ part: QueuePart, _ now: Timestamp) {
        goneClaims = part.goneClaims.map(\.stored)
        gone = part.goneMessages.map { Self.text($0.value) }
        for claim in part.claims { add(claim) }
        var heldBy: [ClaimID: [Message]] = [:]
        var inBlocks: [Int64: (count: Int64, time: Int64)] = [:]
        messages.reserveCapacity(2 * part.messages.count)
        free.reserveCapacity(2 * part.messages.count)
        for message in part.messages {
            add(message, now, &heldBy)
            let time = Self.counted(message.expires)
            let block = inBlocks[message.sequence.value / 16, default: (0, time)]
            inBlocks[message.sequence.value / 16] = (block.count + 1, min(block.time, time))
        }
        for (claim, messages) in heldBy { add(claim, holding: messages) }
        for (block, content) in inBlocks { add(block, content.count, content.time) }
        lowest = part.messages.map(\.sequence.value).min() ?? 0
        highest = part.messages.map(\.sequence.value).max() ?? 0
    }

    private mutating func add(_ claim: MovedClaim) {
        claims.append(claim.id.stored)
        claims.append(StoredClaim.value(of: claim))
        add("c", claim.id.stored, dueAt: claim.until)
    }

    private mutating func add(_ message: Message, _ now: Timestamp, _ heldBy: inout [ClaimID: [Message]]) {
        let sequence = Self.text(message.sequence.value)
        messages.append(sequence)
        messages.append(MessageRecord.record(of: message))
        if let state = MessageState.state(of: message) { states += [sequence, state] }
        if let id = message.keptID { kept += [id.stored, sequence] }
        if let claim = message.claim, message.claimedUntil > now {
            held += [sequence, sequence]
            heldBy[claim, default: []].append(message)
        } else if message.delayedUntil > now {
            late += [sequence, sequence]
            add("d", sequence, dueAt: message.delayedUntil)
        } else {
            free.append(sequence)
            free.append(sequence)
        }
    }

    private mutating func add(_ claim: ClaimID, holding messages: [Message]) {
        guard let end = messages.map(\.claimedUntil).max() else { return }
        holds.append(claim.stored)
        holds.append(StoredClaim.value(until: end, messages.map(\.sequence)))
        earliest = min(earliest ?? .max, Self.counted(end))
    }

    private mutating func add(_ block: Int64, _ count: Int64, _ time: Int64) {
        blocks += [Self.text(block), Self.text(count), Self.text(time)]
        earliest = min(earliest ?? .max, time)
    }

    private mutating func add(_ kind: Character, _ name: [UInt8], dueAt time: Timestamp) {
        times.append(Self.text(time.milliseconds))
        times.append(Array(String(kind).utf8) + name)
        earliest = min(earliest ?? .max, Self.counted(time))
    }

    private static func text(_ number: Int64) -> [UInt8] {
        Array(String(number).utf8)
    }

    /// A time as the scripts count with it, see `Post.earliest`.
    private static func counted(_ time: Timestamp) -> Int64 {
        max(0, min(time.milliseconds, 1 << 47))
    }

    // MARK: The command

    private var groups: [[[UInt8]]] {
        [goneClaims, gone, claims, messages, states, kept, free, held, late, times, holds, blocks]
    }

    /// How many words `write` adds.
    var words: Int { groups.reduce(3) { $0 + 1 + $1.count } }

    func write(to buffer: inout CommandBuffer) {
        buffer.add(lowest)
        buffer.add(highest)
        buffer.add(earliest.map { String($0) } ?? "")
        for group in groups {
            buffer.add(Int64(group.count))
            for word in group { buffer.add(word) }
        }
    }
}
