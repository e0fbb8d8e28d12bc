package import WeirStorage

extension RedisConnection {
    /// Writes the number of the format of what is stored here under `key` if there is none.
    /// - Throws: `unavailable` if there is another one.
    package func claimFormat(_ number: String, at key: String) async throws(StorageError) {
        // First it is read: a server that is full, or lacks replicas, takes no writes and is still to be opened.
        var found = try await ask(changesStore: false, "GET", key)
        if found == .null {
            guard try await ask(changesStore: true, "SET", key, number, "NX") == .null else { return }
            found = try await ask(changesStore: false, "GET", key)
        }
        guard found.text == number else {
            throw .unavailable("its data have format \(found.text ?? "unknown"), this is for \(number)")
        }
    }
}
