internal import MongoEngine
internal import WeirDomain

/// What the live deployment says of itself, and what follows from it.
struct PoolFacts: Sendable {
    private let deployment: Deployment
    private let acknowledgedBy: String
    private let waitsForJournal: Bool
    private let identity: String?

    init(_ connection: MongoConnection) throws(MongoFailure) {
        deployment = try Deployment(connection)
        acknowledgedBy = connection.address.acknowledgedBy
        waitsForJournal = connection.address.waitsForJournal
        // A database without one was emptied since it was prepared, and has no indexes either.
        if try Schema.identity(connection) == nil { try Schema.prepare(connection) }
        identity = try Schema.identity(connection)
    }

    func probe(at now: Timestamp) -> PoolProbe {
        var missing: [Capability: String] = [:]
        if deployment.kind == .standalone {
            let sentence = "a standalone mongod has no transactions: start it with --replSet, and run rs.initiate()"
            for capability in [Capability.fifo, .claims, .atLeastOnce, .highThroughput] {
                missing[capability] = sentence
            }
        }
        missing[.durability] = durabilityLacks
        let capabilities = CapabilitySet(Capability.allCases.filter { missing[$0] == nil })
        return PoolProbe(at: now, facts: facts, capabilities: capabilities, missing: missing, identity: identity)
    }

    private var durabilityLacks: String? {
        if deployment.kind == .standalone {
            return "a standalone mongod keeps one copy without a majority to vouch for it: start it with --replSet"
        }
        if acknowledgedBy != "majority" {
            return "the write concern is w=\(acknowledgedBy): leave w out of the uri, or set it to majority"
        }
        guard !waitsForJournal else { return nil }
        return "writes do not wait for the journal: leave journal out of the uri, or set it to true"
    }

    private var facts: [PoolProbe.Fact] {
        var facts = [PoolProbe.Fact("topology", deployment.kind.rawValue)]
        facts += deployment.facts.map { PoolProbe.Fact($0.name, $0.value) }
        facts.append(.init("write_concern", "w=\(acknowledgedBy) journal=\(waitsForJournal)"))
        let isAlone = deployment.kind == .standalone
        let reads = isAlone || acknowledgedBy != "majority" ? "local" : "majority"
        facts.append(.init("read_concern", isAlone ? reads : "\(reads), snapshot in transactions"))
        facts.append(.init("transactions", isAlone ? "no" : "yes"))
        return facts
    }
}
