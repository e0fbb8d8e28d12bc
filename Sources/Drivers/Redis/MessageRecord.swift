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
        write(message.keptID?.nonce ?? message.nonce, client, keptID: message.keptID, message.body, to: &bytes)
    }

    /// The record of a message that another pool accepted.
    static func record(of message: Message) -> [UInt8] {
        let client = message.client.packed
        let keptID = message.keptID
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fixedBytes + client.count + 24 + message.body.bytes.count)
        let flags: UInt8 = (keptID == nil ? 0 : 1) + (message.delayedUntil.milliseconds > 0 ? 2 : 0)
        bytes.append(flags)
        bytes.append(message.created.milliseconds)
        bytes.append(Int64(message.ttl))
        bytes.append(message.delayedUntil.milliseconds)
        write(message.id.nonce, client[...], keptID: keptID, message.body, to: &bytes)
        return bytes
    }

    private static func write(
        _ nonce: UInt64, _ client: ArraySlice<UInt8>, keptID: MessageID?, _ body: MessageBody, to bytes: inout [UInt8]
    ) {
        bytes.append(Int64(bitPattern: nonce))
        bytes.append(UInt8(truncatingIfNeeded: client.count))
        bytes.append(UInt8(truncatingIfNeeded: client.count >> 8))
        bytes.append(contentsOf: client)
        if let keptID {
            bytes.append(contentsOf: keptID.stored)
            bytes.append(keptID.sequence.value)
        }
        bytes.append(contentsOf: body.bytes)
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
        if let state { MessageState.read(state, into: &message) }
        return message
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
