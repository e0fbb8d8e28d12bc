package import NIOCore

/// Posts the same messages for ever.
package struct PostScript: ConnectionScript {
    private let request: ByteBuffer
    private let messages: Int

    /// Every request posts `messages` copies of `body`, a JSON value, to the queue.
    package init(writer: RequestWriter, queue: String, messages: Int, body: String) {
        request = Self.request(writer: writer, queue: queue, messages: messages, body: body)
        self.messages = messages
    }

    /// The bytes of such a post.
    package static func request(
        writer: RequestWriter, queue: String, messages: Int, body: String
    ) -> ByteBuffer {
        // An hour: long enough for any run, short enough that forgotten queues empty themselves.
        let message = "{\"ttl\":3600,\"body\":\(body)}"
        let list = [String](repeating: message, count: messages).joined(separator: ",")
        return writer.request("POST", "/v2/queues/\(queue)/messages", body: "{\"messages\":[\(list)]}")
    }

    /// Always false: a post is a cycle of its own.
    package var isMidCycle: Bool { false }

    /// The post.
    package mutating func next() -> ScriptedRequest? { ScriptedRequest(request) }

    /// 201 counts as all messages of the request.
    package mutating func judge(status: Int, body: [UInt8]) -> Verdict {
        status == 201 ? .counted(messages: messages) : .refused
    }
}
