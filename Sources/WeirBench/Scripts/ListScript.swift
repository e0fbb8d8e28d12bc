package import NIOCore

/// Lists the first page of a queue for ever.
package struct ListScript: ConnectionScript {
    private let request: ByteBuffer

    /// Every request lists up to `limit` messages, the connection's own among them.
    package init(writer: RequestWriter, queue: String, limit: Int) {
        request = Self.request(writer: writer, queue: queue, limit: limit)
    }

    /// The bytes of such a listing.
    package static func request(writer: RequestWriter, queue: String, limit: Int) -> ByteBuffer {
        writer.request("GET", "/v2/queues/\(queue)/messages?limit=\(limit)&echo=true")
    }

    /// Always false: a listing is a cycle of its own.
    package var isMidCycle: Bool { false }

    /// The listing.
    package mutating func next() -> ScriptedRequest? { ScriptedRequest(request, keepsBody: true) }

    /// 200 counts as the messages that are in the answer.
    package mutating func judge(status: Int, body: [UInt8]) -> Verdict {
        guard status == 200 else { return .refused }
        return .counted(messages: MessageIDScanner.scan(body) { _ in })
    }
}
