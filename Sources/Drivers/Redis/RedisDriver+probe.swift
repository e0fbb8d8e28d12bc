internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        PoolFacts.probe(try await inspector.facts(), at: now)
    }
}
