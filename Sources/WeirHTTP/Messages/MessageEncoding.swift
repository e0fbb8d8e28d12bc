internal import Crypto
internal import WeirDomain
internal import WeirJSON

/// Writes messages as clients expect them: exactly these members and no more (API section 4). In version 1 a
/// message has no id of its own beside its href, and no checksum.
struct MessageEncoding {
    let now: Timestamp
    let checksums: Bool
    let hasIDs: Bool
    /// Whether the href of a claimed message names the claim.
    var showsClaims = true

    /// What the addresses of its messages begin with.
    private let collection: [UInt8]

    /// - Parameter queue: Its path.
    init(queue: String, now: Timestamp, checksums: Bool, hasIDs: Bool = true) {
        self.now = now
        self.checksums = checksums && hasIDs
        self.hasIDs = hasIDs
        collection = Array("\(queue)/messages/".utf8)
    }

    /// Made of characters that JSON leaves as they are.
    private func append(hrefOf message: Message, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: collection)
        message.id.append(to: &bytes)
        guard showsClaims, let claim = message.claim else { return }
        JSONWriter.append(literal: "?claim_id=", to: &bytes)
        claim.append(to: &bytes)
    }

    /// `"messages":[…]`
    func append(list messages: [Message], to bytes: inout [UInt8]) {
        JSONWriter.append(literal: "\"messages\":", to: &bytes)
        append(array: messages, to: &bytes)
    }

    /// `[…]`
    func append(array messages: [Message], to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + messages.reduce(64) { $0 + $1.body.bytes.count + 320 })
        JSONWriter.append(array: messages.count, to: &bytes) { append(messages[$0], to: &$1) }
    }

    func append(_ message: Message, to bytes: inout [UInt8]) {
        if hasIDs {
            JSONWriter.append(literal: "{\"id\":\"", to: &bytes)
            message.id.append(to: &bytes)
            JSONWriter.append(literal: "\",\"href\":\"", to: &bytes)
        } else {
            JSONWriter.append(literal: "{\"href\":\"", to: &bytes)
        }
        append(hrefOf: message, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        appendContent(of: message, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// A popped message: it is nowhere any more, so it has no href.
    func append(popped message: Message, to bytes: inout [UInt8]) {
        JSONWriter.append(literal: "{\"id\":\"", to: &bytes)
        message.id.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        appendContent(of: message, to: &bytes)
        JSONWriter.append(literal: ",\"claim_id\":null,\"claim_count\":", to: &bytes)
        JSONWriter.append(integer: message.claimCount, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private func appendContent(of message: Message, to bytes: inout [UInt8]) {
        JSONWriter.append(literal: ",\"ttl\":", to: &bytes)
        JSONWriter.append(integer: message.ttl, to: &bytes)
        JSONWriter.append(literal: ",\"age\":", to: &bytes)
        JSONWriter.append(integer: now.seconds(since: message.created), to: &bytes)
        JSONWriter.append(literal: ",\"body\":", to: &bytes)
        bytes.append(contentsOf: message.body.bytes)
        guard checksums, let checksum = Self.checksum(message.body.bytes) else { return }
        JSONWriter.append(literal: ",\"checksum\":\"MD5:", to: &bytes)
        bytes.append(contentsOf: checksum.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// MD5 of the text that Python writes for the body, as existing clients compute it; nil for a null body.
    private static func checksum(_ body: [UInt8]) -> String? {
        guard body != Array("null".utf8), let text = try? PythonJSON.text(of: body, maximumDepth: Limits.jsonDepth)
        else { return nil }
        return Insecure.MD5.hash(data: text).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
