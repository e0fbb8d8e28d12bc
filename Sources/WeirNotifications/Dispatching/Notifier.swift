internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Serves the outboxes of the service, those that no other node serves.
package final class Notifier: Sendable {
    private let node: NotifierNode

    package init(_ node: NotifierNode) {
        self.node = node
    }

    /// Until cancelled. Then requests under way are broken off: what they carry is sent again.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                let listener = node.bells.listenForOthers()
                defer { node.bells.leave(nil, listener) }
                var known: Set<QueueName> = []
                while !Task.isCancelled {
                    // A catalog that is away is reported by those who need it more.
                    for outbox in (try? await node.catalog.store.outboxes()) ?? []
                    where known.insert(outbox.key.name).inserted {
                        let dispatcher = Dispatcher(outbox.key.name, home: outbox.pool, node)
                        group.addTask { await dispatcher.run() }
                    }
                    await listener.wait(milliseconds: Limits.outboxSearchMilliseconds, node.clock)
                }
                group.cancelAll()
            }
        } onCancel: {
            node.courier.breakOff()
        }
    }
}

extension CatalogStore {
    /// All outboxes of the service, one of each pool that holds a queue with subscriptions.
    func outboxes() async throws(StorageError) -> [QueueRecord] {
        var found: [QueueRecord] = []
        var last = ""
        while true {
            let page = try await queues(of: .hidden(.outbox), after: last, limit: Limits.queuesScannedPerStep)
            found += page.filter { OutboxNames.isOutbox($0.key.name) }
            guard page.count == Limits.queuesScannedPerStep, let end = page.last else { return found }
            last = end.key.name.value
        }
    }
}
