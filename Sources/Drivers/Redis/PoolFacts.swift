internal import RedisEngine
internal import WeirDomain

/// What follows for a pool from what its live server says of itself.
enum PoolFacts {
    static let keepsData = "the server evicts nothing of it: maxmemory is 0, or maxmemory-policy is noeviction"
    static let keepsOnDisk =
        "appendonly is yes, appendfsync is always, no-appendfsync-on-rewrite is no, the last write to the append-only "
        + "file succeeded, and the uri names a server rather than sentinels, whose failover may lose the last writes"

    static func probe(_ server: ServerFacts, at now: Timestamp) -> PoolProbe {
        var missing: [Capability: String] = [:]
        if let loss = server.lossInService {
            for capability in [Capability.fifo, .claims, .atLeastOnce] { missing[capability] = loss }
        }
        missing[.durability] = server.lossInService ?? server.lossAtCrash
        let capabilities = CapabilitySet(Capability.allCases.filter { missing[$0] == nil })
        let facts = server.shown.map { PoolProbe.Fact($0.name, $0.value) }
        return PoolProbe(at: now, facts: facts, capabilities: capabilities, missing: missing)
    }
}
