internal import Logging
internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Bounds of a verification.
enum VerifyLimits {
    /// How long a step may begin something new.
    static let stepMilliseconds: Int64 = 1000
    /// Projects that are read at a time.
    static let projects = 100
    /// Queues that are read at a time.
    static let queues = 200
    /// Queues that are looked at together: each may be large.
    static let together = 8
    /// Lives that are read at a time, of all pools together, and of one pool at least.
    static let lives = 400
    static let livesOfPool = 20
    /// What is younger is no orphan.
    static let orphanSeconds = 60
    /// Records that are removed at a time.
    static let clearedPerStep = 1000
}

/// Why something could not be looked at.
enum VerifyFailure: Error {
    case catalog(StorageError)
    /// The pool of this name failed.
    case pool(String, StorageError)
}

/// One step of a verification.
///
/// What a pool shows may be out of date when the catalog is asked about it, and the other way round. So what looks wrong
/// is looked at again, in the order that makes it certain: each place says in which.
struct Verification: Sendable {
    let operations: Operations
    let isRepairing: Bool
    private let deadline: Timestamp
    private(set) var away: Set<String>
    private(set) var findings: [VerifyFinding] = []
    var queues = 0
    var lives = 0

    init(_ operations: Operations, isRepairing: Bool, away: Set<String>) {
        self.operations = operations
        self.isRepairing = isRepairing
        self.away = away
        deadline = Timestamp(milliseconds: operations.clock.now().milliseconds + VerifyLimits.stepMilliseconds)
    }

    var isTimeUp: Bool { operations.clock.now() >= deadline }

    /// The pools that work, as far as is known.
    var pools: [PoolSlot] {
        let directory = operations.catalog.pools
        let virtual = directory.pool(named: Pool.virtualName).map { [$0] } ?? []
        return (virtual + directory.pools).filter { !away.contains($0.name) }
    }

    /// Goes on from here until the time is up. Nil if nothing is left.
    mutating func walk(from place: VerifyCursor.Place) async throws(OperationError) -> VerifyCursor.Place? {
        var life = QueueLife(.min)
        switch place {
        case .queues(let queues):
            if let next = try await walkQueues(from: queues) { return .queues(next) }
            if isTimeUp { return .lives(life) }
        case .lives(let last): life = last
        }
        return try await walkLives(after: life).map { .lives($0) }
    }

    // MARK: What is found

    /// Takes down what a look at something has found.
    mutating func add(_ outcome: Result<[VerifyFinding], VerifyFailure>) throws(OperationError) {
        switch outcome {
        case .success(let found):
            findings += found
            for finding in found where finding.isRepaired { report(finding) }
        case .failure(.catalog(let error)): throw .unavailable(error)
        case .failure(.pool(let name, let error)): giveUp(name, error)
        }
    }

    private mutating func giveUp(_ pool: String, _ error: StorageError) {
        // One that was removed meanwhile is not missed.
        guard operations.catalog.pools.pool(named: pool) != nil, away.insert(pool).inserted else { return }
        findings.append(VerifyFinding(.unreachable, pool, "the pool was not verified: \(error.reason)"))
    }

    private func report(_ finding: VerifyFinding) {
        operations.logger.notice(
            "verify has mended a finding",
            metadata: [
                "kind": "\(finding.kind.rawValue)", "pool": "\(finding.pool)", "detail": "\(finding.detail)",
                "life": "\(finding.life?.value ?? 0)",
            ])
    }

    // MARK: Asking

    func atCatalog<Value: Sendable>(
        _ work: (any CatalogStore) async throws(StorageError) -> Value
    ) async throws(VerifyFailure) -> Value {
        do throws(StorageError) {
            return try await work(operations.catalog.store)
        } catch {
            throw .catalog(error)
        }
    }

    func at<Value: Sendable>(
        _ slot: PoolSlot, _ work: (any PoolDriver) async throws(StorageError) -> Value
    ) async throws(VerifyFailure) -> Value {
        do throws(StorageError) {
            return try await slot.chore(work)
        } catch {
            throw .pool(slot.name, error)
        }
    }

    /// What the pool holds of this life now.
    func held(_ life: QueueLife, in slot: PoolSlot) async throws(VerifyFailure) -> HeldLife? {
        let found = try await at(slot) { pool throws(StorageError) in
            try await pool.lives(after: QueueLife(life.value - 1), limit: 1)
        }
        return found.first { $0.life == life }
    }

    /// Whether a migration that is not over moves this life.
    func moves(_ life: QueueLife) async throws(VerifyFailure) -> Bool {
        try await atCatalog { store throws(StorageError) in try await store.migration(of: life) } != nil
    }
}

/// Runs `body` and keeps how it went.
func outcome(
    _ body: () async throws(VerifyFailure) -> [VerifyFinding]
) async -> Result<[VerifyFinding], VerifyFailure> {
    do throws(VerifyFailure) {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}
