import TestSupport
import WeirCatalog
import WeirDomain
import WeirStorage

extension RouteSimulation {
    func post(to key: QueueKey, _ node: Int) async {
        let messages = (0..<Int.random(in: 1...3, using: &generator)).map { number in
            NewMessage(nonce: generator.next(), body: MessageBody("\(number)"), ttl: 1_000_000, delay: 0)
        }
        await work("post", on: key, node, opening: true) {
            simulation, driver, ref, now throws(StorageError) in
            let ids = try await driver.post(messages, from: .producer, to: ref, now: now)
            simulation.count("posted")
            simulation.expect(simulation.lives[ref.life, default: QueueModel()].accept(ids))
        }
    }

    func claim(in key: QueueKey, _ node: Int) async {
        let request = ClaimRequest(
            id: ClaimID.mint(using: &generator), terms: ClaimTerms(ttl: 60, grace: 60),
            limit: Int.random(in: 1...3, using: &generator))
        await work("claim", on: key, node) { simulation, driver, ref, now throws(StorageError) in
            let delivered = try await driver.claim(request, in: ref, now: now).delivered
            if !delivered.isEmpty { simulation.count("claimed") }
            simulation.expect(
                simulation.lives[ref.life, default: QueueModel()].claim(
                    request.id, delivered, limit: request.limit, until: now.adding(seconds: 60), now: now))
        }
    }

    /// Deletes a message of any life of any queue, with or without its last claim.
    func deleteMessage(in key: QueueKey, _ node: Int) async {
        let present = (try? await site.store.base.queue(key))?.life
        let life = generator.oneIn(8) ? lives.keys.sorted().first : present
        guard let entries = life.flatMap({ lives[$0]?.entries }), !entries.isEmpty else { return }
        let entry = entries[Int.random(in: 0..<entries.count, using: &generator)]
        let claim = generator.oneIn(4) ? nil : entry.claim
        await work("delete \(entry.id.sequence.value)", on: key, node) {
            simulation, driver, ref, now throws(StorageError) in
            let outcome = try await driver.delete(entry.id, holding: claim, in: ref, now: now)
            let expected = simulation.lives[ref.life, default: QueueModel()].delete(
                entry.id, naming: claim, at: now)
            if outcome == .deleted { simulation.count("message deleted") }
            if !expected.contains(outcome) { simulation.fail("\(outcome), expected \(expected)") }
        }
    }

    func list(_ key: QueueKey, _ node: Int) async {
        await work("list", on: key, node) { simulation, driver, ref, now throws(StorageError) in
            let filter = MessageFilter(
                after: .start, limit: 10_000, includeClaimed: true, includeDelayed: true)
            let listed = try await driver.list(filter, in: ref, now: now)
            simulation.count("listed")
            simulation.expect(simulation.lives[ref.life, default: QueueModel()].compare(listed, at: now))
        }
    }

    /// At the end: all queues, through this node.
    func check(_ node: Int) async {
        await noteEnded()
        for key in keys {
            await list(key, node)
            guard let life = (try? await site.store.base.queue(key))?.life else { continue }
            let texts = try? await nodes[node].texts(in: key, at: now)
            let isEmpty = lives[life]?.entries.isEmpty ?? true
            if texts == nil, !isEmpty { fail("node \(node) does not find \(key.name.value)") }
        }
    }

    // MARK: The way to a queue

    typealias Work = (
        isolated RouteSimulation, any PoolDriver, QueueRef, Timestamp
    ) async throws(StorageError) -> Void

    /// Does `body` through a node, and checks that it was led to the right life of the queue.
    private func work(
        _ name: String, on key: QueueKey, _ node: Int, opening: Bool = false, _ body: Work
    ) async {
        let before = step
        if depth > 1 { count("nested") }
        let endedBefore = ended
        let known = nodes[node].knownRoute(for: key)?.ref
        var used: QueueRef?
        do throws(StorageError) {
            let answer: Bool? = try await nodes[node].withPool(of: key, opening: opening) {
                driver, route throws(StorageError) in
                await self.interlude()
                try await body(self, driver, route.ref, self.now)
                used = route.ref
                return true
            }
            note("node \(node) \(name) \(key.name.value): \(answer == nil ? "none" : "done")")
        } catch {
            note("node \(node) \(name) \(key.name.value): \(error)")
            count("unavailable")
            await checkRefusal(error, key, isAlone: step == before)
            return
        }
        if let used, endedBefore.contains(used.life) { fail("\(name) in a life that had ended") }
        if let known, let used, known != used { count("outdated route") }
        guard step == before else { return }
        await checkTruth(name, key, used)
    }

    /// Nothing else happened meanwhile, so it was the catalog's own route, or there is nothing to find.
    private func checkTruth(_ name: String, _ key: QueueKey, _ used: QueueRef?) async {
        let truth = try? await site.store.base.queue(key)
        if let used {
            guard truth?.ref != used, truth != nil || !removed.contains(used.life) else { return }
            if ended.contains(used.life) || truth != nil && !removed.contains(used.life) {
                fail(
                    "\(name) in life \(used.life.value) epoch \(used.epoch.value), but there is \(describe(truth))"
                )
            }
        } else if let truth, !(lives[truth.life]?.entries.isEmpty ?? true) {
            fail("\(name) did not find \(describe(truth))")
        }
    }

    /// A refusal has a reason: a store that is away, or a move that is half done.
    private func checkRefusal(_ error: StorageError, _ key: QueueKey, isAlone: Bool) async {
        switch error {
        case .unavailable, .cutOff: break
        default: return fail("\(error)")
        }
        guard isAlone, Self.pools.allSatisfy({ site.shared[$0].isUp }) else { return }
        let truth = try? await site.store.base.queue(key)
        if let truth, moving[truth.life] != nil { return }
        fail("\(error), but there is \(describe(truth)), and all stores are up")
    }
}
