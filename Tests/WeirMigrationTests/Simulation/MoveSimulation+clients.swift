import TestSupport
import WeirCatalog
import WeirDomain
import WeirStorage

/// What applications do meanwhile.
extension MoveSimulation {
    /// Messages that are enough for everything to happen.
    private static let most = 25

    func client(_ number: Int) async {
        let me = ClientID("client-\(number)")
        var held: [(claim: ClaimID, ids: [MessageID])] = []
        while continues {
            await pause(0...60)
            switch world.random(0...9) {
            case 0...3 where world.history.size < Self.most: await post(as: me)
            case 0...5: await claim(&held)
            case 6: await deleteClaimed(&held)
            case 7: await renewOrRelease(&held)
            case 8: await deleteAny()
            default: await list()
            }
        }
    }

    private func post(as client: ClientID) async {
        let ttl = world.oneIn(8) ? 5 : 100_000
        let delay = world.oneIn(8) ? world.random(1...6) : 0
        let messages = (0..<world.random(1...3)).map { _ in
            NewMessage(nonce: world.bits(), body: MessageBody("x"), ttl: ttl, delay: delay)
        }
        guard world.oneIn(2) else { return await postOnce(messages, as: client) }
        let asked = world.now
        let ids = await perform("post", opening: true) { pool, ref, now throws(StorageError) in
            try await pool.post(messages, from: client, to: ref, now: now)
        }
        if let ids { world.history.posted(ids, expires: asked.adding(seconds: ttl)) }
    }

    /// Posts until it is told that the messages are there, and once more now and then: they are stored once (I6).
    private func postOnce(_ messages: [NewMessage], as client: ClientID) async {
        let asked = world.now
        let id = ClaimID(receipt: UInt32(truncatingIfNeeded: world.bits()), world.bits())
        let receipt = PostReceipt(
            id: id, fingerprint: 1, until: asked.adding(seconds: Limits.receiptSeconds))
        var told: [MessageID]?
        for _ in 0..<4 where told == nil || world.oneIn(2) {
            let outcome = await perform("post once", opening: true) { pool, ref, now throws(StorageError) in
                try await pool.post(messages, from: client, to: ref, under: receipt, now: now)
            }
            switch outcome {
            case .stored(let ids), .repeated(let ids):
                if told ?? ids != ids { world.history.violate("a repeated post has other ids (I6)") }
                if told == nil { world.history.posted(ids, expires: asked.adding(seconds: messages[0].ttl)) }
                told = ids
            case .differs: world.history.violate("a repeated post was taken for another (I6)")
            case nil: await pause(0...60)
            }
        }
    }

    private func claim(_ held: inout [(claim: ClaimID, ids: [MessageID])]) async {
        let ttl = world.oneIn(3) ? 2 : 300
        let id = ClaimID(high: world.bits(), low: world.bits())
        let request = ClaimRequest(id: id, terms: ClaimTerms(ttl: ttl, grace: 60), limit: world.random(1...3))
        let asked = world.history.snapshot(at: world.now)
        let begun = world.now
        let outcome = await perform("claim") { pool, ref, now throws(StorageError) in
            try await pool.claim(request, in: ref, now: now)
        }
        guard let outcome, !outcome.delivered.isEmpty else { return }
        world.history.claimed(
            outcome.delivered, by: id, until: begun.adding(seconds: ttl), since: asked, at: world.now)
        held.append((id, outcome.delivered.map(\.id)))
    }

    private func deleteClaimed(_ held: inout [(claim: ClaimID, ids: [MessageID])]) async {
        guard !held.isEmpty else { return }
        let (claim, ids) = held.remove(at: world.random(0...held.count - 1))
        for id in ids {
            world.history.deletes(id)
            let outcome = await perform("delete") { pool, ref, now throws(StorageError) in
                try await pool.delete(id, holding: claim, in: ref, now: now)
            }
            guard let outcome else { continue }
            world.history.deleted(id, outcome)
            guard outcome != .deleted else { continue }
            world.history.deletionRefused(id, outcome, claim: claim, at: world.now)
        }
    }

    private func renewOrRelease(_ held: inout [(claim: ClaimID, ids: [MessageID])]) async {
        guard !held.isEmpty else { return }
        let place = world.random(0...held.count - 1)
        let claim = held[place].claim
        world.history.mayHaveChanged(claim)
        if world.oneIn(2) {
            _ = await perform("renew") { pool, ref, now throws(StorageError) in
                try await pool.renew(claim, terms: ClaimTerms(ttl: 300, grace: 60), in: ref, now: now)
            }
        } else {
            held.remove(at: place)
            let isDone: Bool? = await perform("release") { pool, ref, now throws(StorageError) in
                try await pool.release(claim, in: ref, now: now)
                return true
            }
            if isDone != nil { world.history.released(claim) }
        }
    }

    /// Deletes a message that nobody has claimed.
    private func deleteAny() async {
        let listed = await perform("list") { pool, ref, now throws(StorageError) in
            try await pool.list(
                MessageFilter(after: .start, limit: 5, includeClaimed: false, includeDelayed: false), in: ref, now: now)
        }
        guard let listed, !listed.isEmpty else { return }
        let id = listed[world.random(0...listed.count - 1)].id
        world.history.deletes(id)
        let outcome = await perform("delete") { pool, ref, now throws(StorageError) in
            try await pool.delete(id, holding: nil, in: ref, now: now)
        }
        if let outcome { world.history.deleted(id, outcome) }
    }

    func list() async {
        let snapshot = world.history.snapshot(at: world.now)
        let listed = await perform("list") { pool, ref, now throws(StorageError) in
            try await pool.list(
                MessageFilter(after: .start, limit: 100_000, includeClaimed: true, includeDelayed: true), in: ref, now: now)
        }
        guard let listed else { return }
        world.history.count("listed")
        world.history.listed(listed, since: snapshot, at: world.now)
    }

    /// Through some node; nil if nobody knows what became of it, or it was refused.
    private func perform<Value: Sendable>(
        _ name: String, opening: Bool = false,
        _ work: @escaping @Sendable (any PoolDriver, QueueRef, Timestamp) async throws(StorageError) -> Value
    ) async -> Value? {
        let node = node()
        do throws(StorageError) {
            let value: Value? = try await node.catalog.withPool(of: key, opening: opening) {
                driver, route throws(StorageError) in
                try await work(driver, route.ref, Timestamp(milliseconds: self.world.executor.now))
            }
            world.history.count(name)
            return value
        } catch {
            world.history.count("\(name) failed")
            return nil
        }
    }
}
