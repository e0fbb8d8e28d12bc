package import NIOCore

/// A list of requests, one after the other, that ends with the first refusal; makes and deletes queues.
package struct SequenceScript: ConnectionScript {
    private var requests: ArraySlice<ByteBuffer>
    private let expected: Set<Int>

    /// Each request must be answered with one of the expected statuses.
    package init(_ requests: [ByteBuffer], expecting expected: Set<Int>) {
        self.requests = requests[...]
        self.expected = expected
    }

    /// Always false.
    package var isMidCycle: Bool { false }

    /// The next of the list.
    package mutating func next() -> ScriptedRequest? {
        requests.popFirst().map { ScriptedRequest($0) }
    }

    /// An unexpected status also drops what is left of the list.
    package mutating func judge(status: Int, body: [UInt8]) -> Verdict {
        if expected.contains(status) { return .counted(messages: 0) }
        requests = []
        return .refused
    }
}
