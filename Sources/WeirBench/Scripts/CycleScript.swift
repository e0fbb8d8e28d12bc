import NIOCore

/// Posts ten messages, claims as many and deletes each by its address, which names its claim.
///
/// ```
///  post ──201──▶ claim ──201──▶ delete ──204──▶ delete … ──▶ post
///   ▲──────204─────┘        any other status: back to post
/// ```
package struct CycleScript: ConnectionScript {
    /// How many messages a post has.
    package static let messages = 10

    private enum Stage { case post, claim, delete }

    private let post: ByteBuffer
    private let claim: ByteBuffer
    private let tail: String
    /// The deletions that are due, the next one last.
    private var deletions: [ByteBuffer] = []
    private var stage = Stage.post

    /// Posts copies of `body`, a JSON value, and claims up to `limit` messages at a time (1...20).
    package init(writer: RequestWriter, queue: String, limit: Int, body: String) {
        post = PostScript.request(writer: writer, queue: queue, messages: Self.messages, body: body)
        claim = ClaimDeleteScript.claim(writer: writer, queue: queue, limit: limit)
        tail = writer.tailWithoutBody
    }

    /// True while messages are claimed: to stop there would hide them from others for minutes.
    package var isMidCycle: Bool { stage == .delete }

    /// The post, claim or deletion that is due.
    package mutating func next() -> ScriptedRequest? {
        switch stage {
        case .post: ScriptedRequest(post)
        case .claim: ScriptedRequest(claim, keepsBody: true)
        case .delete: deletions.last.map { ScriptedRequest($0) }
        }
    }

    /// Messages count once, when they are deleted.
    package mutating func judge(status: Int, body: [UInt8]) -> Verdict {
        let asked = stage
        stage = .post
        switch (asked, status) {
        case (.post, 201):
            stage = .claim
            return .counted(messages: 0)
        // Others were faster, on a queue that connections share.
        case (.claim, 204): return .counted(messages: 0)
        case (.claim, 201):
            guard writeDeletions(ofMessagesIn: body) else { return .unreadable }
            stage = .delete
            return .counted(messages: 0)
        case (.delete, 204):
            deletions.removeLast()
            if !deletions.isEmpty { stage = .delete }
            return .counted(messages: 1)
        default: return .refused
        }
    }

    /// Prepares a deletion for each message; false if the answer holds no usable addresses.
    private mutating func writeDeletions(ofMessagesIn body: [UInt8]) -> Bool {
        deletions = []
        var usable = true
        MessageIDScanner.scan(body, for: "href") { address in
            usable = usable && !address.isEmpty && address.allSatisfy(Ascii.isAddress)
            var request = ByteBuffer(string: "DELETE ")
            request.writeBytes(address)
            request.writeString(tail)
            deletions.append(request)
        }
        deletions.reverse()
        return usable && !deletions.isEmpty
    }
}
