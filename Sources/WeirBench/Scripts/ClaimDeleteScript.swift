import NIOCore

/// Claims messages and deletes them by their ids; posts ten new ones whenever there was nothing to claim.
///
/// ```
///  claim ──201──▶ delete ──204──▶ claim
///    └───204──▶ refill ──201──▶ claim        any other status: back to claim
/// ```
package struct ClaimDeleteScript: ConnectionScript {
    /// How many messages a refill posts.
    package static let refillMessages = 10

    private enum Stage { case claim, delete, refill }

    private let claim: ByteBuffer
    private let refill: ByteBuffer
    private let deletePath: String
    private let deleteTail: String
    private var delete = ByteBuffer()
    private var claimed = 0
    private var stage = Stage.claim

    /// Claims up to `limit` messages at a time (1...20) and refills with copies of `body`, a JSON value.
    package init(writer: RequestWriter, queue: String, limit: Int, body: String) {
        claim = Self.claim(writer: writer, queue: queue, limit: limit)
        refill = PostScript.request(
            writer: writer, queue: queue, messages: Self.refillMessages, body: body)
        deletePath = "DELETE /v2/queues/\(queue)/messages?ids="
        deleteTail = writer.tailWithoutBody
    }

    /// The bytes of a claim of up to `limit` messages (1...20).
    static func claim(writer: RequestWriter, queue: String, limit: Int) -> ByteBuffer {
        writer.request("POST", "/v2/queues/\(queue)/claims?limit=\(limit)", body: #"{"ttl":300,"grace":60}"#)
    }

    /// True while messages are claimed: to stop there would hide them from others for minutes.
    package var isMidCycle: Bool { stage == .delete }

    /// The claim, delete or refill that is due.
    package mutating func next() -> ScriptedRequest? {
        switch stage {
        case .claim: ScriptedRequest(claim, keepsBody: true)
        case .delete: ScriptedRequest(delete)
        case .refill: ScriptedRequest(refill)
        }
    }

    /// Messages count once, when they are deleted; an empty claim and the post after it count as refill.
    package mutating func judge(status: Int, body: [UInt8]) -> Verdict {
        let asked = stage
        stage = .claim
        switch (asked, status) {
        case (.claim, 201):
            guard writeDelete(ofMessagesIn: body) else { return .unreadable }
            stage = .delete
            return .counted(messages: 0)
        case (.claim, 204):
            stage = .refill
            return .refill
        case (.delete, 204): return .counted(messages: claimed)
        case (.refill, 201): return .refill
        default: return .refused
        }
    }

    /// Prepares the bulk delete, in the buffer of the last one; false if the answer holds no usable ids.
    private mutating func writeDelete(ofMessagesIn body: [UInt8]) -> Bool {
        var buffer = delete
        delete = ByteBuffer()
        buffer.clear()
        buffer.writeString(deletePath)
        var usable = true
        claimed = 0
        MessageIDScanner.scan(body) { id in
            usable = usable && !id.isEmpty && id.allSatisfy(Ascii.isName)
            if claimed > 0 { buffer.writeInteger(Ascii.comma) }
            buffer.writeBytes(id)
            claimed += 1
        }
        buffer.writeString(deleteTail)
        delete = buffer
        return usable && claimed > 0
    }
}
