import NIOCore

/// Looks how many messages a queue shows and posts what is missing, one message a request.
package struct FillScript: ConnectionScript {
    private let list: ByteBuffer
    private let post: ByteBuffer
    private let wanted: Int
    private var missing: Int?
    private var hasStarted = false

    /// Fills the queue to at least `wanted` messages (1...20), each with `body`, a JSON value.
    package init(writer: RequestWriter, queue: String, wanted: Int, body: String) {
        list = ListScript.request(writer: writer, queue: queue, limit: wanted)
        post = PostScript.request(writer: writer, queue: queue, messages: 1, body: body)
        self.wanted = wanted
    }

    /// Always false.
    package var isMidCycle: Bool { false }

    /// First the listing, then the posts.
    package mutating func next() -> ScriptedRequest? {
        guard hasStarted else {
            hasStarted = true
            return ScriptedRequest(list, keepsBody: true)
        }
        guard let missing, missing > 0 else { return nil }
        return ScriptedRequest(post)
    }

    /// A refusal ends the script.
    package mutating func judge(status: Int, body: [UInt8]) -> Verdict {
        switch (missing, status) {
        case (nil, 200): missing = wanted - MessageIDScanner.scan(body) { _ in }
        case (let left?, 201): missing = left - 1
        default:
            missing = 0
            return .refused
        }
        return .counted(messages: 0)
    }
}
