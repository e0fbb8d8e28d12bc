package import NIOCore

/// What one connection asks, one request after the other: a state machine without input or output of its own.
package protocol ConnectionScript {
    /// True while a cycle is open that must be finished even if time or the request budget is used up.
    var isMidCycle: Bool { get }

    /// The next request; nil when the script has come to its end. Called again only after `judge`.
    mutating func next() -> ScriptedRequest?

    /// What the answer to the last request means. `body` is empty unless the request keeps it.
    mutating func judge(status: Int, body: [UInt8]) -> Verdict
}

/// One request, ready to be written.
package struct ScriptedRequest {
    /// Head and body.
    package var bytes: ByteBuffer

    /// True if the script wants to see the body of the answer.
    package var keepsBody: Bool

    /// A request whose answer is judged by its status alone unless `keepsBody` is true.
    package init(_ bytes: ByteBuffer, keepsBody: Bool = false) {
        self.bytes = bytes
        self.keepsBody = keepsBody
    }
}

/// How an answer counts.
package enum Verdict: Equatable, Sendable {
    /// As one request, with its latency, that moved this many messages.
    case counted(messages: Int)

    /// As work that keeps the load going: counted apart, without a latency.
    case refill

    /// As a failed request: the status is not one the script expects.
    case refused

    /// As a failed request: the status is right and the body is not.
    case unreadable
}
