internal import WeirDomain
internal import WeirOperations

/// Names one request in its answer and in the log.
enum RequestID {
    static func mint() -> String {
        "req-" + reference()
    }

    /// A UUID that names anything else in an answer and in the log.
    static func reference() -> String {
        var generator = Entropy()
        return Identifier128.text(high: generator.next(), low: generator.next())
    }
}
