internal import RedisEngine
internal import WeirDomain

/// Messages that are stored together, as BODIES has them; `parcels.lua` has the layout.
struct Parcel {
    /// At most this many messages.
    static let capacity = 16
    /// At most this many bytes in bodies, so that who reads one message does not read a great deal; a message that has more
    /// is stored by itself.
    static let longestBodies = 20_000
    static let longestClient = 255

    static let nameBytes = 8
    /// Before the name of the client.
    fileprivate static let fixedBytes = 19

    private let bytes: [UInt8]
    private let count: Int
    private let created: Timestamp
    private let ttl: Int
    private let client: ClientID
    /// Where the nonces begin.
    private let nonces: Int

    /// Nil if these bytes are none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.fixedBytes else { return nil }
        self.bytes = bytes
        count = Int(bytes[0])
        created = Timestamp(milliseconds: bytes.integer(1))
        ttl = Int(bytes.integer(9))
        nonces = Self.fixedBytes + Int(bytes[17]) + Int(bytes[18]) << 8
        guard bytes.count >= nonces + 12 * count else { return nil }
        client = ClientID(packed: bytes[Self.fixedBytes..<nonces])
        guard count > 0, bytes.count == end(of: count - 1) else { return nil }
    }

    /// The message in this place; nil if there is none.
    func message(_ place: Int, _ state: [UInt8]?, sequence: MessageSequence) -> Message? {
        guard place < count, end(of: place - 1) <= end(of: place) else { return nil }
        let nonce = UInt64(bitPattern: bytes.integer(nonces + 8 * place))
        var message = Message(
            id: MessageID(sequence: sequence, nonce: nonce), sequence: sequence,
            body: MessageBody(Array(bytes[end(of: place - 1)..<end(of: place)])), ttl: ttl, created: created,
            expires: created.adding(seconds: ttl), delayedUntil: Timestamp(milliseconds: 0), client: client, claim: nil,
            claimedUntil: Timestamp(milliseconds: 0), claimCount: 0)
        if let state { MessageState.read(state, into: &message) }
        return message
    }

    /// Where the body of the message in this place ends.
    private func end(of place: Int) -> Int {
        let ends = nonces + 8 * count
        let start = ends + 4 * count
        guard place >= 0 else { return start }
        let at = ends + 4 * place
        let length = Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
        return min(start + length, bytes.count)
    }
}

extension Parcel {
    /// Those of the messages, from the first on, that can be one parcel.
    static func first(of messages: ArraySlice<NewMessage>) -> ArraySlice<NewMessage> {
        guard let first = messages.first else { return messages }
        var bytes = 0
        return messages.prefix(capacity).prefix { message in
            bytes += message.body.bytes.count
            return message.ttl == first.ttl && bytes <= longestBodies
        }
    }
}

/// A parcel on its way into the store.
struct NewParcel {
    let name: UInt64
    let messages: ArraySlice<NewMessage>
    let client: [UInt8]
    let created: Timestamp

    /// Adds the parcel with its name, as PARCELS has it.
    func add(to buffer: inout CommandBuffer) {
        buffer.add(count: Parcel.nameBytes + headBytes) { bytes in
            bytes.append(Int64(bitPattern: name))
            appendHead(to: &bytes)
        }
    }

    /// Adds the name, then the parcel, as BODIES has it.
    func addBodies(to buffer: inout CommandBuffer) {
        buffer.add(count: Parcel.nameBytes) { $0.append(Int64(bitPattern: name)) }
        let bodies = messages.reduce(0) { $0 + $1.body.bytes.count }
        buffer.add(count: headBytes + 4 * messages.count + bodies) { bytes in
            appendHead(to: &bytes)
            var end = 0
            for message in messages {
                end += message.body.bytes.count
                for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: end >> shift)) }
            }
            for message in messages { bytes.append(contentsOf: message.body.bytes) }
        }
    }

    private var headBytes: Int { Parcel.fixedBytes + client.count + 8 * messages.count }

    private func appendHead(to bytes: inout [UInt8]) {
        bytes.append(UInt8(messages.count))
        bytes.append(created.milliseconds)
        bytes.append(Int64(messages.first?.ttl ?? 0))
        for shift in [0, 8] { bytes.append(UInt8(truncatingIfNeeded: client.count >> shift)) }
        bytes.append(contentsOf: client)
        for message in messages { bytes.append(Int64(bitPattern: message.nonce)) }
    }
}
