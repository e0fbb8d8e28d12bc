internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Serves one outbox as long as this node has its lease: reads the entries in their order, finds out who has to be told,
/// and hands what they are told to their lanes.
final class Dispatcher: Sendable {
    private let name: QueueName
    private let node: NotifierNode
    private let outbox: HiddenQueue

    init(_ name: QueueName, home: String, _ node: NotifierNode) {
        self.name = name
        self.node = node
        outbox = HiddenQueue(.outbox, name, home: home, in: node.vault)
    }

    /// Until cancelled.
    func run() async {
        let listener = node.bells.listen(name)
        defer { node.bells.leave(name, listener) }
        while !Task.isCancelled {
            do throws(StorageError) {
                let lease = try await Lease.take(
                    of: name, for: node.id, in: node.catalog.store, now: node.clock.now())
                if let lease {
                    if lease.origin != .kept {
                        node.log.info("outbox served", ["outbox": name.value, "lease": lease.origin.rawValue])
                    }
                    try await serve(lease, listener)
                }
            } catch {
                node.log.warning(
                    "outbox not served", about: name.value, ["outbox": name.value, "reason": error.reason])
            }
            node.counters.setAge(nil, of: name.value)
            guard !Task.isCancelled else { break }
            await node.clock.sleep(milliseconds: Limits.outboxSearchMilliseconds)
        }
    }

    private func serve(_ lease: Lease, _ listener: Doorbells.Listener) async throws(StorageError) {
        let home = try await node.catalog.route(for: outbox.key)?.pool.name ?? outbox.home
        let lanes = LaneBook(of: name, home: home, node, SharedLedger(DeliveryLedger(cursor: lease.cursor)))
        let failure: StorageError? = await withDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            do throws(StorageError) {
                for lane in try await lanes.resume() where await lane.wake() { group.addTask { await lane.run() } }
                group.addTask { await self.putBack() }
                group.addTask { [name, node] in await FailureSweep(of: name, node).run() }
                try await read(lease, lanes, listener, &group)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// What was set aside by a node without its key may be readable here.
    private func putBack() async {
        do throws(StorageError) {
            guard let count = try await Shelf(of: outbox)?.putBack(), count > 0 else { return }
            node.log.info("outbox entries readable again", ["outbox": name.value, "entries": "\(count)"])
            node.bells.ring(name)
        } catch {
            node.log.warning(
                "entries set aside not read", about: name.value, ["outbox": name.value, "reason": error.reason])
        }
    }

    /// Reads until the lease is lost or the task is cancelled.
    private func read(
        _ taken: Lease, _ lanes: LaneBook, _ listener: Doorbells.Listener, _ group: inout DiscardingTaskGroup
    ) async throws(StorageError) {
        var lease = taken
        var position = lease.cursor
        var upkeep = OutboxUpkeep(outbox, leftover: lease.cursor, since: node.clock.now())
        while !Task.isCancelled {
            let batch = try await outbox.list(after: position, limit: Limits.outboxBatch)
            if let last = batch.last {
                for lane in try await lanes.distribute(batch, of: outbox) { group.addTask { await lane.run() } }
                position = last.sequence
            }
            let now = node.clock.now()
            let (cursor, oldest) = lanes.ledger.with { ($0.cursor, $0.oldest) }
            node.counters.setAge(oldest.map { Double(now.milliseconds - $0.milliseconds) / 1000 } ?? 0, of: name.value)
            let isDue = now.milliseconds - lease.written.milliseconds
            if cursor != lease.cursor && isDue >= Limits.cursorMilliseconds || isDue >= Limits.leaseRenewalMilliseconds
            {
                guard try await lease.write(cursor, now: now) else {
                    node.log.warning(
                        "outbox taken by another node", about: name.value, ["outbox": name.value])
                    return
                }
            }
            try await upkeep.run(lanes, now: now)
            if batch.count < Limits.outboxBatch {
                await listener.wait(milliseconds: pause(cursor, position, lease), node.clock)
            }
        }
        let cursor = lanes.ledger.with { $0.cursor }
        if try await lease.write(cursor, now: node.clock.now()) { await lease.release(now: node.clock.now()) }
    }

    /// Posts of this node ring; those of others do not.
    private func pause(_ cursor: MessageSequence, _ position: MessageSequence, _ lease: Lease) -> Int {
        let isBusy = cursor != position || cursor != lease.cursor
        return node.catalog.store.isShared || isBusy ? Limits.outboxPollMilliseconds : Limits.outboxIdlePollMilliseconds
    }
}
