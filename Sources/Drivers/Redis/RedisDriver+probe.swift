internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        var probe = PoolFacts.probe(try await inspector.facts(), at: now)
        probe.identity = await identity()
        return probe
    }

    /// What this database is known by: whoever asks first makes it up. Nil if the server takes no writes before that.
    private func identity() async -> String? {
        let key = QueueKeys.identity
        do throws(StorageError) {
            if let known = try await connections[0].ask(changesStore: false, "GET", key).text { return known }
            let made = String(UInt64.random(in: .min ... .max), radix: 16)
            _ = try await connections[0].ask(changesStore: true, "SET", key, made, "NX")
            return try await connections[0].ask(changesStore: false, "GET", key).text
        } catch {
            return nil
        }
    }
}
