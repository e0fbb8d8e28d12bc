internal import WeirDomain
internal import WeirStorage

/// A walk through the life of a queue in one pool.
struct HealthCheck {
    private static let messageCount = 100

    let now: Timestamp
    private let queue: QueueRef
    private let client = ClientID("health")
    private(set) var steps: [HealthStep] = []
    /// What is left of its messages when all were deleted: nothing, if the pool is well.
    private(set) var stats = QueueStats.empty

    init(now: Timestamp) {
        self.now = now
        var generator = Entropy()
        queue = QueueRef(life: .mint(at: now, using: &generator), epoch: .first)
    }

    mutating func run(on driver: any PoolDriver) async {
        let (queue, client, now) = (queue, client, now)
        var generator = Entropy()
        let claim = ClaimID.mint(using: &generator)
        let body = MessageBody(Array("{\"health\": true}".utf8))
        let drafts = (0..<Self.messageCount).map { _ in
            NewMessage(nonce: generator.next(), body: body, ttl: ServiceLimits.minimumTTL, delay: 0)
        }
        let opened: Void? = await step("create_queue") { () async throws(StorageError) in
            try await driver.open(queue, now: now)
        }
        guard opened != nil else { return }
        let ids = await step("post_messages") { () async throws(StorageError) in
            try await driver.post(drafts, from: client, to: queue, now: now)
        }
        let claimed = await step("claim_messages") { () async throws(StorageError) in
            let terms = ClaimTerms(ttl: ServiceLimits.minimumTTL, grace: ServiceLimits.minimumGrace)
            return try await driver.claim(ClaimRequest(id: claim, terms: terms, limit: 10), in: queue, now: now)
        }
        _ = await step("list_messages") { () async throws(StorageError) in
            try await driver.list(MessageFilter(after: .start, limit: 10), in: queue, now: now)
        }
        _ = await step("delete_messages") { () async throws(StorageError) in
            guard let held = claimed?.delivered.first else { return DeleteOutcome.missing }
            return try await driver.delete(held.id, holding: claim, in: queue, now: now)
        }
        _ = await step("delete_claim") { () async throws(StorageError) in
            try await driver.release(claim, in: queue, now: now)
        }
        _ = await step("bulk_delete_messages") { () async throws(StorageError) in
            try await driver.delete(ids ?? [], demanding: nil, in: queue, now: now)
        }
        stats = (try? await driver.stats(of: queue, now: now)) ?? .empty
        _ = await step("delete_queue") { () async throws(StorageError) in
            try await driver.retire(queue, now: now)
        }
    }

    mutating func note(_ name: String, seconds: Double, failure: StorageError?) {
        steps.append(HealthStep(name: name, seconds: seconds, failure: failure.map { "\($0)" }))
    }

    private mutating func step<Value: Sendable>(
        _ name: String, _ work: () async throws(StorageError) -> Value
    ) async -> Value? {
        let clock = ContinuousClock()
        let start = clock.now
        do throws(StorageError) {
            let value = try await work()
            note(name, seconds: (clock.now - start) / .seconds(1), failure: nil)
            return value
        } catch {
            note(name, seconds: (clock.now - start) / .seconds(1), failure: error)
            return nil
        }
    }
}
