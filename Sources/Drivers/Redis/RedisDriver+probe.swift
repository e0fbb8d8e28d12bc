internal import RedisEngine
internal import Synchronization
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        var answers = [try await ask("INFO")]
        for setting in PoolFacts.asked { answers.append(try await configuration(setting)) }
        var isBehindSentinels = false
        if case .sentinel = endpoint.place { isBehindSentinels = true }
        let facts = PoolFacts(
            answers, isBehindSentinels: isBehindSentinels, fileWasOff: appendOnlyFileWasOff.load(ordering: .relaxed))
        appendOnlyFileWasOff.store(facts.isFileOff, ordering: .relaxed)
        return facts.probe(at: now)
    }

    /// The setting's name and value; null if the server keeps it to itself.
    private func configuration(_ name: String) async throws(StorageError) -> RedisReply {
        do throws(StorageError) {
            return try await ask("CONFIG", "GET", name)
        } catch {
            // A managed server refuses the command; whether this one answers at all, `INFO` has shown.
            return .null
        }
    }

    private func ask(_ words: String...) async throws(StorageError) -> RedisReply {
        try await connections[0].ask(changesStore: false) { buffer in
            buffer.begin(words.count)
            for word in words { buffer.add(word) }
        }
    }
}
