internal import WeirDomain

/// A message as the scripts store it; `keys.lua` has the layout.
enum MessageRecord {
    private static let fixedBytes = 35

    /// The length of the record of `message`.
    static func count(_ message: NewMessage, _ client: ArraySlice<UInt8>) -> Int {
        fixedBytes + client.count + (message.keptID == nil ? 0 : 24) + message.body.bytes.count
    }

    /// Appends the record of `message`.
    /// - Parameter client: At most 65,535 bytes.
    static func write(
        _ message: NewMessage, from client: ArraySlice<UInt8>, at now: Timestamp, to bytes: inout [UInt8]
    ) {
        let flags: UInt8 = (message.keptID == nil ? 0 : 1) + (message.delay > 0 ? 2 : 0)
        bytes.append(flags)
        bytes.append(now.milliseconds)
        bytes.append(Int64(message.ttl))
        bytes.append(message.delay > 0 ? now.adding(seconds: message.delay).milliseconds : 0)
        // Of a kept id the nonce is that of the id, which no script compares: it is looked up whole.
        bytes.append(Int64(bitPattern: message.keptID?.nonce ?? message.nonce))
        bytes.append(UInt8(truncatingIfNeeded: client.count))
        bytes.append(UInt8(truncatingIfNeeded: client.count >> 8))
        bytes.append(contentsOf: client)
        if let id = message.keptID {
            bytes.append(contentsOf: id.stored)
            bytes.append(id.sequence.value)
        }
        bytes.append(contentsOf: message.body.bytes)
    }

    /// Reads a record without its body: whose it is, and when it was created.
    static func end(_ record: [UInt8], sequence: MessageSequence) -> QueueStats.End? {
        guard let head = Head(record) else { return nil }
        return QueueStats.End(id: head.id(sequence), created: head.created)
    }

    /// Reads a message.
    /// - Parameter state: What claims did to it; nil if it was never claimed.
    static func message(_ record: [UInt8], _ state: [UInt8]?, sequence: MessageSequence) -> Message? {
        guard let head = Head(record) else { return nil }
        var message = Message(
            id: head.id(sequence), sequence: sequence, body: MessageBody(Array(record[head.end...])), ttl: head.ttl,
            created: head.created, expires: head.created.adding(seconds: head.ttl), delayedUntil: head.delayedUntil,
            client: head.client, claim: nil, claimedUntil: Timestamp(milliseconds: 0), claimCount: 0)
        if let state { read(state, into: &message) }
        return message
    }

    /// Reads what claims did to a message.
    private static func read(_ state: [UInt8], into message: inout Message) {
        guard state.count >= 29 else { return }
        if state[0] == 1 { message.claim = ClaimID(stored: state[5..<21]) }
        message.claimCount = Int(state[1]) | Int(state[2]) << 8 | Int(state[3]) << 16 | Int(state[4]) << 24
        message.claimedUntil = Timestamp(milliseconds: state.integer(21))
        guard state.count >= 45 else { return }
        message.ttl = Int(state.integer(29))
        message.expires = Timestamp(milliseconds: state.integer(37))
    }

    /// All of a record but the body.
    private struct Head {
        let created: Timestamp
        let ttl: Int
        let delayedUntil: Timestamp
        let client: ClientID
        let nonce: UInt64
        let keptID: MessageID?
        /// Where the body begins.
        let end: Int

        /// Nil if the record is too short to be one.
        init?(_ record: [UInt8]) {
            guard record.count >= fixedBytes else { return nil }
            let clientEnd = fixedBytes + Int(record[33]) + Int(record[34]) << 8
            let isKept = record[0] & 1 == 1
            end = isKept ? clientEnd + 24 : clientEnd
            guard record.count >= end else { return nil }
            created = Timestamp(milliseconds: record.integer(1))
            ttl = Int(record.integer(9))
            delayedUntil = Timestamp(milliseconds: record.integer(17))
            nonce = UInt64(bitPattern: record.integer(25))
            client = ClientID(packed: record[fixedBytes..<clientEnd])
            keptID = isKept ? MessageID(stored: record[clientEnd..<clientEnd + 16]) : nil
        }

        func id(_ sequence: MessageSequence) -> MessageID {
            keptID ?? MessageID(sequence: sequence, nonce: nonce)
        }
    }
}

extension Array<UInt8> {
    /// Appends 8 bytes, the lowest first.
    fileprivate mutating func append(_ number: Int64) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate func integer(_ offset: Int) -> Int64 {
        withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int64.self)) }
    }
}
