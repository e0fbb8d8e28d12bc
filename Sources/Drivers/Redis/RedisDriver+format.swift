internal import RedisEngine
internal import WeirStorage

extension RedisDriver {
    /// Brings a pool of format 1 up to date: lists its lives. Nobody may work with it in its old format meanwhile. If
    /// it does not get to the end, the next one begins anew.
    func upgrade() async throws(StorageError) {
        guard try await ask("GET", QueueKeys.format).text == "1" else { return }
        var cursor = "0"
        repeat {
            let (before, after, _) = QueueKeys.around
            let page = try await ask("SCAN", cursor, "MATCH", "\(before)*\(after)", "COUNT", "1000").elements ?? []
            guard page.count == 2, let next = page[0].text, let headers = page[1].elements else { throw Answer.strange }
            try await enlist(headers.compactMap(\.text))
            cursor = next
        } while cursor != "0"
        _ = try await ask("SET", QueueKeys.format, QueueKeys.formatNumber)
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

    private func ask(_ words: String...) async throws(StorageError) -> RedisReply {
        try await connections[0].ask(changesStore: true) { buffer in
            buffer.begin(words.count)
            for word in words { buffer.add(word) }
        }
    }
}
