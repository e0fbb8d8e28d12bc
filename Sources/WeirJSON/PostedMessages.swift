/// A message of a request to post, before any limit has been applied.
package struct PostedMessage: Hashable, Sendable {
    /// Where its body, one JSON value, lies in the request; counted from the first byte.
    package var body: Range<Int>
    /// Seconds, if the request said so.
    package var ttl: Int?
    /// Seconds, if the request said so.
    package var delay: Int?

    package init(body: Range<Int>, ttl: Int? = nil, delay: Int? = nil) {
        self.body = body
        self.ttl = ttl
        self.delay = delay
    }
}

/// Reads requests to post: `{"messages": [{"body": …, "ttl": 60, "delay": 0}, …]}`.
package enum PostedMessages {
    /// The messages in order, at least one. Reads the request once and copies no body.
    ///
    /// Unknown members are ignored, a member given twice is a fault, in the envelope as in a message; bodies
    /// may hold what they like as long as it is JSON. Of several faults, one of JSON comes first, then the
    /// first one of shape. `maximumDepth` counts from the envelope, so bodies have three levels less.
    package static func decode(
        _ bytes: some Collection<UInt8>, maximumDepth: Int
    ) throws(PostFault) -> [PostedMessage] {
        let envelope = try read(bytes, maximumDepth) { envelope, scanner throws(JSONFault) in
            try envelope.read(from: &scanner)
        }
        if let problem = envelope.problem { throw .envelope(problem) }
        guard envelope.hasMessages else { throw .noMessages }
        guard !envelope.messages.isEmpty else { throw .emptyMessages }
        return envelope.messages
    }

    /// The messages of a request that is just their array, as version 1 of the API has it. Nothing else differs.
    package static func decodeArray(
        _ bytes: some Collection<UInt8>, maximumDepth: Int
    ) throws(PostFault) -> [PostedMessage] {
        let envelope = try read(bytes, maximumDepth) { envelope, scanner throws(JSONFault) in
            try envelope.readArray(from: &scanner)
        }
        if let problem = envelope.problem { throw .envelope(problem) }
        guard !envelope.messages.isEmpty else { throw .emptyArray }
        return envelope.messages
    }

    @inline(__always)
    private static func read(
        _ bytes: some Collection<UInt8>, _ maximumDepth: Int,
        _ body: (inout PostEnvelope, inout JSONScanner) throws(JSONFault) -> Void
    ) throws(PostFault) -> PostEnvelope {
        var envelope = PostEnvelope()
        do throws(JSONFault) {
            try JSONScanner.document(bytes, maximumDepth: maximumDepth) { (scanner) throws(JSONFault) in
                try body(&envelope, &scanner)
            }
        } catch {
            throw .json(error)
        }
        return envelope
    }
}
