internal import WeirDomain

/// What a block says of one of its messages, besides the body.
struct MessageRecord {
    enum State: UInt8 {
        case free = 0
        case delayed = 1
        case claimed = 2
        case gone = 3
    }

    let sequence: Int64
    let id: MessageID
    /// Whether the id is one of another queue.
    let isKept: Bool
    /// Among the clients of the block.
    var client: Int
    /// Where the body begins among the bodies of the block, and its length.
    var bodyStart: Int
    let bodyLength: Int
    var ttl: Int
    let created: Int64
    var expires: Int64
    let delayedUntil: Int64
    /// Decides who may take it; reads decide by the times.
    var state: State
    var claim: ClaimID?
    var claimedUntil: Int64 = 0
    var claimCount = 0

    /// Whether it is there to be read.
    func isVisible(at now: Timestamp) -> Bool {
        state != .gone && expires > now.milliseconds
    }

    func isClaimed(at now: Timestamp) -> Bool {
        claim != nil && claimedUntil > now.milliseconds
    }

    /// When it becomes free by itself; nil if it does not.
    var wake: Int64? {
        switch state {
        case .delayed: delayedUntil
        case .claimed: claimedUntil
        case .free, .gone: nil
        }
    }
}

extension MessageRecord {
    /// Bytes of a record in its block: of fixed size, so that a changed one takes the place of the old.
    static let size = 96

    private enum Flag {
        static let kept: UInt8 = 1
        static let hasClaim: UInt8 = 2
    }

    /// - Parameter first: The first sequence of the block.
    init?(_ bytes: UnsafeRawBufferPointer, first: Int64) {
        func number<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard bytes.count == Self.size, let state = State(rawValue: bytes[12]) else { return nil }
        self.state = state
        sequence = first + Int64(number(0, UInt32.self))
        bodyStart = Int(number(4, UInt32.self))
        bodyLength = Int(number(8, UInt32.self))
        isKept = bytes[13] & Flag.kept != 0
        client = Int(number(14, UInt16.self))
        id = MessageID(high: number(16, UInt64.self), low: number(24, UInt64.self))
        ttl = Int(number(32, Int64.self))
        created = number(40, Int64.self)
        expires = number(48, Int64.self)
        delayedUntil = number(56, Int64.self)
        claimedUntil = number(64, Int64.self)
        claimCount = Int(number(72, Int64.self))
        let hasClaim = bytes[13] & Flag.hasClaim != 0
        claim = hasClaim ? ClaimID(high: number(80, UInt64.self), low: number(88, UInt64.self)) : nil
    }

    /// Writes what `init` reads.
    func write(to bytes: UnsafeMutableRawBufferPointer, first: Int64) {
        func put(_ offset: Int, _ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes[offset..<offset + $0.count].copyBytes(from: $0) }
        }
        put(0, UInt32(truncatingIfNeeded: sequence - first))
        put(4, UInt32(truncatingIfNeeded: bodyStart))
        put(8, UInt32(truncatingIfNeeded: bodyLength))
        bytes[12] = state.rawValue
        bytes[13] = (isKept ? Flag.kept : 0) | (claim != nil ? Flag.hasClaim : 0)
        put(14, UInt16(truncatingIfNeeded: client))
        put(16, id.high)
        put(24, id.low)
        put(32, Int64(ttl))
        put(40, created)
        put(48, expires)
        put(56, delayedUntil)
        put(64, claimedUntil)
        put(72, Int64(claimCount))
        put(80, claim?.high ?? 0)
        put(88, claim?.low ?? 0)
    }
}
