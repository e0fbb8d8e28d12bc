package import WeirStorage

extension RedisConnection {
    /// Writes the number of the format of what is stored here under `key` if there is none.
    /// - Throws: `unavailable` if there is another one.
    package func claimFormat(_ number: String, at key: String) async throws(StorageError) {
        let written = try await ask(changesStore: true) { buffer in
            buffer.begin(4)
            for word in ["SET", key, number, "NX"] { buffer.add(word) }
        }
        guard written == .null else { return }
        let found = try await ask(changesStore: false) { buffer in
            buffer.begin(2)
            for word in ["GET", key] { buffer.add(word) }
        }
        guard found.text == number else {
            throw .unavailable("its data have format \(found.text ?? "unknown"), this is for \(number)")
        }
    }
}
