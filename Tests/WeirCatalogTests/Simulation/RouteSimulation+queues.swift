import MemoryDriver
import TestSupport
import WeirCatalog
import WeirDomain
import WeirStorage

extension RouteSimulation {
    // MARK: Queues

    func create(_ key: QueueKey, _ node: Int) async {
        let before = step
        let truth = try? await site.store.base.queue(key)
        do throws(CatalogError) {
            let isNew = try await nodes[node].create(key)
            note("node \(node) creates \(key.name.value): \(isNew)")
            if isNew { count(removed.isEmpty ? "created" : "recreated") }
            if isNew { count("created") }
            if step == before, isNew == (truth != nil) {
                fail("created \(isNew), but there was \(describe(truth))")
            }
        } catch {
            note("node \(node) creates \(key.name.value): \(error)")
            if case .noPool = error { return }
            if step == before { fail("cannot create: \(error)") }
        }
    }

    func delete(_ key: QueueKey, _ node: Int) async {
        let before = step
        do throws(StorageError) {
            try await nodes[node].remove(key)
            note("node \(node) deletes \(key.name.value)")
            count("deleted")
        } catch {
            fail("cannot delete: \(error)")
        }
        guard step == before, let record = try? await site.store.base.queue(key) else { return }
        fail("deleted, but there is \(describe(record))")
    }

    // MARK: Moves

    /// Lets go of an empty queue at its pool. A move takes two steps; nothing but refusals may happen between.
    func beginMove(_ key: QueueKey) async {
        guard let record = try? await site.store.base.queue(key), moving[record.life] == nil,
            !moved.contains(record.life), lives[record.life]?.entries.isEmpty ?? true
        else { return }
        do throws(StorageError) {
            let next = QueueRef(life: record.life, epoch: Epoch(record.epoch.value + 1))
            try await site.shared[record.pool].store.retire(next, now: now)
            moving[record.life] = record
            moved.insert(record.life)
            note("\(key.name.value) leaves \(record.pool)")
        } catch {
            fail("cannot begin the move: \(error)")
        }
    }

    func finishSomeMove() async {
        guard let life = moving.keys.min(), let record = moving[life] else { return }
        await finishMove(record)
    }

    func finishMove(_ record: QueueRecord) async {
        moving[record.life] = nil
        guard var present = try? await site.store.base.queue(record.key), present.life == record.life else {
            return
        }
        present.epoch = Epoch(present.epoch.value + 1)
        present.pool = present.pool == "a" ? "b" : "a"
        guard (try? await site.store.base.replace(present)) == true else {
            return fail("cannot finish the move")
        }
        lives[record.life]?.restart()
        note("\(record.key.name.value) arrives in \(present.pool)")
        count("moved")
    }

    // MARK: Pools

    /// Gives a pool another weight through one node; or a node hears of such changes.
    func changePool(_ node: Int) async {
        let pools = nodes[node].pools
        let name = generator.oneIn(2) ? "a" : "b"
        guard generator.oneIn(2) else {
            try? await pools.refresh()
            return note("node \(node) refreshes")
        }
        let weight = generator.oneIn(3) ? 0 : 100
        do throws(PoolRegistrationError) {
            try await pools.put(.shared(name, weight: weight), requiring: [])
            note("node \(node) gives \(name) the weight \(weight)")
        } catch {
            if site.shared[name].isUp { fail("cannot change pool \(name): \(error)") }
        }
    }

    /// A store goes away, or comes back.
    func toggleStore() async {
        let name = generator.oneIn(2) ? "a" : "b"
        site.shared[name].isUp.toggle()
        note("\(name) is \(site.shared[name].isUp ? "back" : "away")")
        if site.shared[name].isUp { await watch() }
    }

    /// Each node finds out which pools are back.
    func watch() async {
        for node in nodes { await node.pools.ping(node.pools.pools) }
    }

    func describe(_ record: QueueRecord?) -> String {
        guard let record else { return "none" }
        return "life \(record.life.value) epoch \(record.epoch.value) in \(record.pool)"
    }
}
