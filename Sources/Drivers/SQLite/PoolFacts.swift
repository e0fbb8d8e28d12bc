internal import SQLiteEngine
internal import WeirDomain

/// What the live file says of itself, and what follows from it.
struct PoolFacts: Sendable {
    let journalMode: String
    let synchronous: Int
    let pageSize: String
    let pages: String

    init(_ connection: Connection) throws(SQLiteFailure) {
        journalMode = try connection.pragma("journal_mode")
        synchronous = Int(try connection.pragma("synchronous")) ?? 0
        pageSize = try connection.pragma("page_size")
        pages = try connection.pragma("page_count")
    }

    func probe(at now: Timestamp) -> PoolProbe {
        var capabilities: CapabilitySet = [.fifo, .claims, .atLeastOnce]
        var missing = [Capability.highThroughput: SQLiteDriver.highThroughput]
        if synchronous >= SynchronousLevel.full.number {
            capabilities.insert(.durability)
        } else {
            missing[.durability] = "a commit does not wait for the disk: set the option synchronous to full"
        }
        return PoolProbe(
            at: now,
            facts: [
                .init("journal_mode", journalMode), .init("synchronous", synchronousName),
                .init("page_size", pageSize), .init("page_count", pages),
            ],
            capabilities: capabilities, missing: missing)
    }

    private var synchronousName: String {
        SynchronousLevel.allCases.first { $0.number == synchronous }?.rawValue ?? String(synchronous)
    }
}
