import WeirDomain
import WeirStorage

/// One step of a model test: an operation with all its arguments, so that two pools can be given the same.
enum ModelOperation: Sendable {
    case open
    case retire
    case post([NewMessage], from: ClientID)
    case list(MessageFilter)
    case look([MessageID])
    case position(MessageID)
    case delete(MessageID, holding: ClaimID?)
    case bulkDelete([MessageID], demanding: [ClaimID]?)
    case pop(Int)
    case purge(through: MessageSequence, step: Int)
    case lastSequence
    case stats
    case claim(ClaimRequest)
    case show(ClaimID)
    case renew(ClaimID, ClaimTerms)
    case release(ClaimID)

    /// What a pool said, in a form that can be compared.
    enum Answer: Equatable, Sendable {
        case done
        case refused(StorageError)
        case ids([MessageID])
        case messages([Message])
        case sequence(MessageSequence)
        case deletion(DeleteOutcome)
        case bulkDeletion(BulkDeleteOutcome)
        case stats(QueueStats)
        case taken([Message], dead: [Message])
        case claim(Claim?)
        case renewed(Bool)
    }

    func perform(on pool: any PoolDriver, _ queue: QueueRef, now: Timestamp) async -> Answer {
        do throws(StorageError) {
            return try await answer(of: pool, queue, now: now)
        } catch {
            return .refused(error)
        }
    }

    private func answer(
        of pool: any PoolDriver, _ queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Answer {
        switch self {
        case .open:
            try await pool.open(queue, now: now)
            return .done
        case .retire:
            try await pool.retire(queue, now: now)
            return .done
        case .post(let messages, let client):
            return .ids(try await pool.post(messages, from: client, to: queue, now: now))
        case .list(let filter):
            return .messages(try await pool.list(filter, in: queue, now: now))
        case .look(let ids):
            return .messages(try await pool.messages(ids, in: queue, now: now))
        case .position(let id):
            return .sequence(try await pool.position(of: id, in: queue, now: now))
        case .delete(let id, let claim):
            return .deletion(try await pool.delete(id, holding: claim, in: queue, now: now))
        case .bulkDelete(let ids, let claims):
            return .bulkDeletion(try await pool.delete(ids, demanding: claims, in: queue, now: now))
        case .pop(let limit):
            return .messages(try await pool.pop(limit, from: queue, now: now))
        case .purge(let last, let step):
            // How many steps it takes depends on what has been collected; what is left at the end does not.
            while try await pool.purge(through: last, limit: step, in: queue, now: now) == step {}
            return .done
        case .lastSequence:
            return .sequence(try await pool.lastSequence(of: queue))
        case .stats:
            return .stats(try await pool.stats(of: queue, now: now))
        case .claim(let request):
            let outcome = try await pool.claim(request, in: queue, now: now)
            return .taken(outcome.delivered, dead: outcome.dead)
        case .show(let id):
            return .claim(try await pool.claim(id, in: queue, now: now))
        case .renew(let id, let terms):
            return .renewed(try await pool.renew(id, terms: terms, in: queue, now: now))
        case .release(let id):
            try await pool.release(id, in: queue, now: now)
            return .done
        }
    }
}
