internal import WeirDomain

/// Names one request in its answer and in the log.
enum RequestID {
    static func mint() -> String {
        var generator = SystemRandomNumberGenerator()
        return "req-" + Identifier128.text(high: generator.next(), low: generator.next())
    }
}
