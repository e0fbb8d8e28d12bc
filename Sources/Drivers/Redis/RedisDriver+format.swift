internal import RedisEngine
internal import WeirStorage

extension RedisDriver {
    /// Brings a pool of format 1 or 2 up to date. Nobody may work with it in its old format meanwhile. If it does not get to
    /// the end, the next one begins anew.
    func upgrade() async throws(StorageError) {
        let format = try await connections[0].ask(changesStore: false, "GET", QueueKeys.format).text
        guard format == "1" || format == "2" else { return }
        if format == "1" { try await enlistLives() }
        try await markLivesDue()
        _ = try await connections[0].ask(changesStore: true, "SET", QueueKeys.format, QueueKeys.formatNumber)
    }

    private func enlistLives() async throws(StorageError) {
        var cursor = "0"
        repeat {
            let (before, after, _) = QueueKeys.around
            let reply = try await connections[0].ask(
                changesStore: false, "SCAN", cursor, "MATCH", "\(before)*\(after)", "COUNT", "1000")
            let page = reply.elements ?? []
            guard page.count == 2, let next = page[0].text, let headers = page[1].elements else { throw Answer.strange }
            try await enlist(headers.compactMap(\.text))
            cursor = next
        } while cursor != "0"
    }

    private func enlist(_ headers: [String]) async throws(StorageError) {
        guard !headers.isEmpty else { return }
        _ = try await connections[0].ask(changesStore: true) { buffer in
            buffer.begin(script: Script.enlist.index, keys: headers.count + 1, arguments: 1)
            buffer.add(QueueKeys.lives)
            for header in headers { buffer.add(header) }
            buffer.add(QueueKeys.around.before)
        }
    }

    /// Format 3 relies on it that delays are among what a life is due for.
    private func markLivesDue() async throws(StorageError) {
        var after = "-"
        while true {
            let reply = try await connections[0].ask(changesStore: true) { [after] buffer in
                buffer.begin(script: Script.markDue.index, keys: 2, arguments: 2)
                for word in [QueueKeys.lives, QueueKeys.due, after, "1000"] { buffer.add(word) }
            }
            guard let last = reply.text else { return }
            after = "(\(last)"
        }
    }
}
