internal import WeirDomain
internal import WeirOperations

/// Names one request in its answer and in the log.
enum RequestID {
    static func mint() -> String {
        var generator = Entropy()
        return "req-" + Identifier128.text(high: generator.next(), low: generator.next())
    }
}
