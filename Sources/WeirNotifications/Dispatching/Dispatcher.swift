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
        let keeper = LeaseKeeper(lease, lanes.ledger, clock: node.clock)
        let failure: StorageError? = await withDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask {
                await keeper.run()
                listener.ring()
            }
            do throws(StorageError) {
                for lane in try await lanes.resume() where await lane.wake() { group.addTask { await lane.run() } }
                group.addTask { await self.putBack() }
                group.addTask { [name, node] in await FailureSweep(of: name, node).run() }
                try await read(after: lease.cursor, keeper, lanes, listener, &group)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        if !Task.isCancelled { try await keeper.keep() }
        if await keeper.isLost {
            node.log.warning("outbox taken by another node", about: name.value, ["outbox": name.value])
        } else if Task.isCancelled {
            // Now that no lane runs any more.
            try await keeper.release()
        }
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

    /// Reads until the lease is over or the task is cancelled.
    private func read(
        after start: MessageSequence, _ keeper: LeaseKeeper, _ lanes: LaneBook, _ listener: Doorbells.Listener,
        _ group: inout DiscardingTaskGroup
    ) async throws(StorageError) {
        var position = start
        var upkeep = OutboxUpkeep(outbox, leftover: start, since: node.clock.now())
        while !Task.isCancelled, await keeper.isHeld {
            let batch = try await outbox.list(after: position, limit: Limits.outboxBatch)
            if let last = batch.last {
                var distribution = Distribution(of: outbox, to: lanes, keeper, node)
                guard try await distribution.hand(batch, run: { lane in group.addTask { await lane.run() } }) else { return }
                position = last.sequence
            }
            let now = node.clock.now()
            let (cursor, oldest) = lanes.ledger.with { ($0.cursor, $0.oldest) }
            node.counters.setAge(oldest.map { Double(now.milliseconds - $0.milliseconds) / 1000 } ?? 0, of: name.value)
            try await keeper.keep()
            try await upkeep.run(lanes, now: now)
            if batch.count < Limits.outboxBatch {
                let written = await keeper.cursor
                let isBusy = cursor != position || cursor != written
                await listener.wait(milliseconds: pause(isBusy: isBusy), node.clock)
            }
        }
    }

    /// Posts of this node ring; those of others do not.
    private func pause(isBusy: Bool) -> Int {
        node.catalog.store.isShared || isBusy ? Limits.outboxPollMilliseconds : Limits.outboxIdlePollMilliseconds
    }
}
