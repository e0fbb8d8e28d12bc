internal import WeirDomain
internal import WeirJSON

/// Writes messages as this transport shows them: exactly these members (WebSocket contract, section 4).
struct SocketMessageText {
    let now: Timestamp

    /// `[…]`
    func append(list messages: [Message], showsClaim: Bool = false, to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + messages.reduce(64) { $0 + $1.body.bytes.count + 160 })
        JSONWriter.append(array: messages.count, to: &bytes) { append(messages[$0], showsClaim: showsClaim, to: &$1) }
    }

    func append(_ message: Message, showsClaim: Bool = false, to bytes: inout [UInt8]) {
        open(message, showsClaim ? message.claim : nil, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// A popped message also says how often it had been claimed.
    func append(popped message: Message, to bytes: inout [UInt8]) {
        open(message, nil, to: &bytes)
        JSONWriter.append(literal: ",\"claim_count\":", to: &bytes)
        JSONWriter.append(integer: message.claimCount, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private func open(_ message: Message, _ claim: ClaimID?, to bytes: inout [UInt8]) {
        JSONWriter.append(literal: "{\"id\":\"", to: &bytes)
        message.id.append(to: &bytes)
        JSONWriter.append(literal: "\",\"claim_id\":", to: &bytes)
        if let claim {
            JSONWriter.append(string: claim.text, to: &bytes)
        } else {
            JSONWriter.append(literal: "null", to: &bytes)
        }
        JSONWriter.append(literal: ",\"ttl\":", to: &bytes)
        JSONWriter.append(integer: message.ttl, to: &bytes)
        JSONWriter.append(literal: ",\"age\":", to: &bytes)
        JSONWriter.append(integer: now.seconds(since: message.created), to: &bytes)
        JSONWriter.append(literal: ",\"body\":", to: &bytes)
        bytes.append(contentsOf: message.body.bytes)
    }
}
