package import WeirJSON

/// Follows migrations until each has moved its queue or will not.
package struct MigrationWatch {
    private let server: Server
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let interval: Duration

    /// States after which a watch has nothing more to see. `switched` is one: the queue has moved, and what is left
    /// is to clean its old place, which may be kept for a long time.
    private static let lastStates: Set<String> = ["switched", "cleaning", "done", "cancelled", "reversed", "failed"]

    /// Where there is no terminal, one look in so many is a line, even if no state has changed.
    private static let looksPerLine = 20

    /// - Parameters:
    ///   - isQuiet: Draws and prints nothing.
    ///   - interval: Time between two looks.
    package init(_ server: Server, isQuiet: Bool, interval: Duration = .milliseconds(500)) {
        self.server = server
        self.isQuiet = isQuiet
        isTerminal = !isQuiet && Terminal.isShown
        self.interval = interval
    }

    /// The migrations as they ended. On a terminal a bar moves meanwhile; elsewhere each change of state is a line,
    /// and so is a look now and then.
    package func follow(_ begun: [JSONObject]) async throws(AdminFailure) -> [JSONObject] {
        var migrations = begun
        var shown = ""
        var looks = 0
        while true {
            let progress = MigrationProgress(migrations)
            if isTerminal {
                Terminal.write("\r\u{1B}[K" + progress.bar)
            } else if !isQuiet, progress.states != shown || looks.isMultiple(of: Self.looksPerLine) {
                Terminal.write(progress.line + "\n")
                shown = progress.states
            }
            looks += 1
            guard migrations.contains(where: { !Self.hasEnded($0) }) else { break }
            try? await Task.sleep(for: interval)
            for index in migrations.indices where !Self.hasEnded(migrations[index]) {
                let id = migrations[index]["id"]?.stringValue ?? ""
                migrations[index] = try await server.object(URLPath.of("migrations", id), with: MigrationPlace.member)
            }
        }
        if isTerminal { Terminal.write("\n") }
        return migrations
    }

    /// Throws what kept a queue from being moved.
    package static func demandSuccess(_ migrations: [JSONObject]) throws(AdminFailure) {
        let lost = migrations.filter { ["failed", "cancelled"].contains($0["state"]?.stringValue) }
        guard let first = lost.first else { return }
        let reason = first["error"]?.stringValue.map { ": \($0)" } ?? ""
        let others = lost.count > 1 ? ", and \(lost.count - 1) more" : ""
        throw AdminFailure(
            "migration '\(Printable.cell(first["id"]))' is \(Printable.cell(first["state"]))\(reason)\(others)")
    }

    private static func hasEnded(_ migration: JSONObject) -> Bool {
        // One without a state cannot be followed.
        migration["state"]?.stringValue.map { lastStates.contains($0) } ?? true
    }
}
