import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Every operation on a queue besides opening and retiring it, each as harmless as it can be.
enum QueueOperation: CaseIterable {
    case post, list, look, position, delete, deleteHolding, bulkDelete, pop, purge, lastSequence, stats
    case claim, show, renew, release

    func perform(on pool: any PoolDriver, _ ref: QueueRef, now: Timestamp) async throws {
        let terms = ClaimTerms(ttl: 60, grace: 60)
        switch self {
        case .post: _ = try await pool.post([.saying("x")], from: .producer, to: ref, now: now)
        case .list: _ = try await pool.list(MessageFilter(after: .start, limit: 1), in: ref, now: now)
        case .look: _ = try await pool.messages([.unknown()], in: ref, now: now)
        case .position: _ = try await pool.position(of: .unknown(), in: ref, now: now)
        case .delete: _ = try await pool.delete(.unknown(), holding: nil, in: ref, now: now)
        case .deleteHolding: _ = try await pool.delete(.unknown(), holding: .fresh(), in: ref, now: now)
        case .bulkDelete: _ = try await pool.delete([.unknown()], demanding: nil, in: ref, now: now)
        case .pop: _ = try await pool.pop(1, from: ref, now: now)
        case .purge: _ = try await pool.purge(through: MessageSequence(.max), limit: 1, in: ref, now: now)
        case .lastSequence: _ = try await pool.lastSequence(of: ref)
        case .stats: _ = try await pool.stats(of: ref, now: now)
        case .claim:
            _ = try await pool.claim(ClaimRequest(id: .fresh(), terms: terms, limit: 1), in: ref, now: now)
        case .show: _ = try await pool.claim(.fresh(), in: ref, now: now)
        case .renew: _ = try await pool.renew(.fresh(), terms: terms, in: ref, now: now)
        case .release: try await pool.release(.fresh(), in: ref, now: now)
        }
    }

    /// Each of them is refused with this error.
    static func expectAll(
        _ error: StorageError, on queue: QueueUnderTest, as ref: QueueRef,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        for operation in allCases {
            await #expect(throws: error, "\(operation)", sourceLocation: sourceLocation) {
                try await operation.perform(on: queue.pool, ref, now: queue.now)
            }
        }
    }
}
