extension Migration {
    /// Gives its copying bounds of its own, on top of those of the pools; nil for none. The worker follows within a second.
    /// - Throws: if nothing more is to be copied.
    package mutating func throttle(
        messagesPerSecond messages: Int?, bytesPerSecond bytes: Int?, of actor: String, at now: Timestamp
    ) throws(MigrationRefusal) {
        guard isBeforeSwitch else { throw MigrationRefusal("it is \(state.rawValue), and copies nothing more") }
        guard messages != messagesPerSecond || bytes != bytesPerSecond else { return }
        messagesPerSecond = messages
        bytesPerSecond = bytes
        let bounds = [messages.map { "\($0) messages/s" }, bytes.map { "\($0) bytes/s" }].compactMap { $0 }
        note(bounds.isEmpty ? "no bounds of its own" : "at most \(bounds.joined(separator: ", "))", by: actor, at: now)
    }
}
