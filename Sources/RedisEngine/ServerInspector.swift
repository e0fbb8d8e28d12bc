internal import Synchronization
package import WeirStorage

/// Asks a live server what it promises, now and again.
package final class ServerInspector: Sendable {
    private let connection: RedisConnection
    private let isBehindSentinels: Bool
    /// As the last answer had it.
    private let fileWasOff = Atomic(false)

    /// - Parameter connection: To the server at `endpoint`.
    package init(_ connection: RedisConnection, _ endpoint: RedisEndpoint) {
        self.connection = connection
        if case .sentinel = endpoint.place { isBehindSentinels = true } else { isBehindSentinels = false }
    }

    /// What the server says of itself as it is now.
    package func facts() async throws(StorageError) -> ServerFacts {
        var answers = [try await connection.ask(changesStore: false, "INFO")]
        for setting in ServerFacts.asked { answers.append(try await configuration(setting)) }
        let facts = ServerFacts(
            answers, isBehindSentinels: isBehindSentinels, fileWasOff: fileWasOff.load(ordering: .relaxed))
        fileWasOff.store(facts.isFileOff, ordering: .relaxed)
        return facts
    }

    /// The setting's name and value; null if the server keeps it to itself.
    private func configuration(_ name: String) async throws(StorageError) -> RedisReply {
        do throws(StorageError) {
            return try await connection.ask(changesStore: false, "CONFIG", "GET", name)
        } catch {
            // A managed server refuses the command; whether this one answers at all, `INFO` has shown.
            return .null
        }
    }
}
