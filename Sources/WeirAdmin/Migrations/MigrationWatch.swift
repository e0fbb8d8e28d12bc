package import WeirJSON

/// Follows migrations until each has moved its queue or will not.
package struct MigrationWatch {
    private let server: Server
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let interval: Duration
    private let patience: Duration

    /// States after which a watch has nothing more to see. `switched` is one: the queue has moved, and what is left
    /// is to clean its old place, which may be kept for a long time.
    private static let lastStates: Set<String> = ["switched", "cleaning", "done", "cancelled", "reversed", "failed"]

    /// Where there is no terminal, one look in so many is a line, even if no state has changed.
    private static let looksPerLine = 20

    /// - Parameters:
    ///   - isQuiet: Draws and prints nothing.
    ///   - interval: Time between two looks.
    ///   - patience: How long the server may be away: the migrations go on without it, or after it is back.
    package init(
        _ server: Server, isQuiet: Bool, interval: Duration = .milliseconds(500), patience: Duration = .seconds(60)
    ) {
        self.server = server
        self.isQuiet = isQuiet
        isTerminal = !isQuiet && Terminal.isShown
        self.interval = interval
        self.patience = patience
    }

    /// The migrations as they ended. On a terminal a bar moves meanwhile; elsewhere each change of state is a line,
    /// and so is a look now and then. That one waits for an order is a line too, once.
    package func follow(_ begun: [JSONObject]) async throws(AdminFailure) -> [JSONObject] {
        var migrations = begun
        var shown = ""
        var looks = 0
        var told: Set<String> = []
        while true {
            for wait in migrations.compactMap(Self.wait) where told.insert(wait).inserted { tell(wait) }
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
                migrations[index] = try await seen(migrations[index])
            }
        }
        if isTerminal { Terminal.write("\n") }
        return migrations
    }

    /// A migration as it is now. While the server is away it is looked for again, until patience ends.
    private func seen(_ migration: JSONObject) async throws(AdminFailure) -> JSONObject {
        let path = URLPath.of("migrations", migration["id"]?.stringValue ?? "")
        let start = ContinuousClock.now
        while true {
            switch try await server.look(at: path, with: MigrationPlace.member) {
            case .seen(let migration): return migration
            case .away(let failure):
                guard start.duration(to: .now) < patience else { throw failure }
                try? await Task.sleep(for: interval)
            }
        }
    }

    private func tell(_ sentence: String) {
        guard !isQuiet else { return }
        Terminal.write((isTerminal ? "\r\u{1B}[K" : "") + Printable.line(sentence) + "\n")
    }

    /// The order that a migration waits for, as a sentence; nil if it waits for none.
    package static func wait(of migration: JSONObject) -> String? {
        let id = Printable.cell(migration["id"])
        return switch migration["state"]?.stringValue {
        case "ready" where migration["postpone"] == true:
            "migration '\(id)' waits for the order to cut over: weir migration cutover \(id)"
        case "paused": "migration '\(id)' is paused: weir migration resume \(id)"
        default: nil
        }
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
