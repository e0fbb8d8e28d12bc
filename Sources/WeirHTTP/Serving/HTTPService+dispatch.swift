internal import HTTPTypes
internal import WeirDomain

extension HTTPService {
    func publicReply(_ resource: Resource) async throws -> Reply {
        switch resource {
        case .versions: versions()
        case .publicHealth: try await ping()
        case .liveness: .empty(.noContent)
        case .readiness: await readiness()
        case .metrics: await metrics()
        default: throw Fault.noRoute
        }
    }

    func reply(to call: Call, _ resource: Resource) async throws -> Reply {
        if let queue = call.queue { return try await reply(to: call, resource, queue) }
        switch resource {
        case .home: return home(call.version)
        case .ping: return call.method == .get ? try await ping() : .empty(.noContent)
        case .health: return try await health()
        case .capabilities: return capabilities()
        case .queues(let space): return try await listQueues(call, space)
        case .pools: return try await listPools(call)
        case .pool(let name): return try await pool(call, name)
        case .poolProbe(let name): return try await probePool(call, name)
        case .flavors: return try await listFlavors(call)
        case .flavor(let name): return try await flavor(call, name)
        case .migrations: return try await migrations(call)
        case .migration(let id): return try await showMigration(id)
        case .migrationOrder(let id, let order): return try await orderMigration(call, id, order)
        case .migrationThrottle(let id): return try await throttleMigration(call, id)
        case .audit: return try await listAudit(call)
        case .verify: return try await verify(call)
        default: throw Fault.noRoute
        }
    }

    private func reply(to call: Call, _ resource: Resource, _ queue: QueueKey) async throws -> Reply {
        if let reply = try await olderReply(to: call, resource, queue) { return reply }
        return switch (resource, call.method) {
        case (.queue, .get): try await showQueue(queue)
        case (.queue, .put): try await createQueue(call, queue)
        case (.queue, .delete): try await deleteQueue(queue)
        case (.queue, .patch): try await updateQueue(call, queue)
        case (.queue, .head): try await queueExists(queue)
        case (.route, _): try await showRoute(queue)
        case (.stats, _): try await showStats(call, queue)
        case (.purge, _): try await purge(call, queue)
        case (.share, _): try shareQueue(call, queue)
        case (.messages, .get): try await readMessages(call, queue)
        case (.messages, .post): try await postMessages(call, queue)
        case (.messages, .delete): try await deleteMessages(call, queue)
        case (.message(_, let id), .get): try await showMessage(call, id, queue)
        case (.message(_, let id), .delete): try await deleteMessage(call, id, queue)
        case (.subscriptions, .get): try await listSubscriptions(call, queue)
        case (.subscriptions, _): try await createSubscription(call, queue)
        case (.subscription(_, let id), .get): try await showSubscription(id, queue)
        case (.subscription(_, let id), .patch): try await updateSubscription(call, id, queue)
        case (.subscription(_, let id), _): try await deleteSubscription(id, queue)
        case (.confirmation(_, let id), _): try await confirmSubscription(call, id, queue)
        case (.failures(_, let id), _): try await listFailures(call, id, queue)
        case (.redrive(_, let id), _): try await redrive(id, queue)
        case (.claims, _): try await createClaim(call, queue)
        case (.claim(_, let id), .get): try await showClaim(call, id, queue)
        case (.claim(_, let id), .patch): try await renewClaim(call, id, queue)
        case (.claim(_, let id), .delete): try await releaseClaim(id, queue)
        default: throw Fault.noRoute
        }
    }
}
