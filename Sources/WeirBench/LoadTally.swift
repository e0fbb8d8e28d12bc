/// What the connections of one event loop, or of several together, have counted.
package struct LoadTally: Sendable {
    /// Latencies of the requests counted, in nanoseconds.
    package private(set) var latencies = LatencyHistogram()

    /// Messages that the counted requests moved.
    package private(set) var messages = 0

    /// Requests that only kept the load going.
    package private(set) var refills = 0

    /// Failed requests by status, or by what happened to the connection: `lost`, `malformed`, `timeout`.
    package private(set) var errors: [String: Int] = [:]

    /// A sentence on the first failure of a kind that the status does not explain.
    package private(set) var explanation: String?

    /// When the last answer came, in nanoseconds of the monotonic clock; 0 if none came.
    package private(set) var lastAnswer: UInt64 = 0

    /// Requests that counted.
    package var requests: Int { Int(latencies.count) }

    /// All requests that failed, whatever the reason.
    package var failures: Int { errors.values.reduce(0, +) }

    /// Nothing counted yet.
    package init() {}

    /// Counts an answer that came `now` to a request sent at `sentAt`.
    mutating func count(_ verdict: Verdict, status: Int, sentAt: UInt64, now: UInt64) {
        lastAnswer = now
        switch verdict {
        case .counted(let moved):
            latencies.record(now - sentAt)
            messages += moved
        case .refill: refills += 1
        case .refused: fail(String(status))
        case .unreadable: fail("malformed", because: "an answer of status \(status) holds no usable messages")
        }
    }

    /// Counts a failed request.
    mutating func fail(_ kind: String, because reason: String? = nil) {
        errors[kind, default: 0] += 1
        if explanation == nil { explanation = reason }
    }

    /// Adds everything the other one has counted.
    package mutating func merge(_ other: LoadTally) {
        latencies.merge(other.latencies)
        messages += other.messages
        refills += other.refills
        errors.merge(other.errors, uniquingKeysWith: +)
        explanation = explanation ?? other.explanation
        lastAnswer = max(lastAnswer, other.lastAnswer)
    }
}
