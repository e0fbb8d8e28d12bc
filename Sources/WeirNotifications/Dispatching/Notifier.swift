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
                    for (name, home) in await outboxes() where known.insert(name).inserted {
                        let dispatcher = Dispatcher(name, home: home, node)
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

    /// Names and pools of all outboxes. A catalog that is away is reported by those who need it more.
    private func outboxes() async -> [(QueueName, String)] {
        var found: [(QueueName, String)] = []
        var last = ""
        while let page = try? await node.catalog.store.queues(
            of: .hidden(.outbox), after: last, limit: Limits.queuesScannedPerStep)
        {
            found += page.map { ($0.key.name, $0.pool) }
            guard page.count == Limits.queuesScannedPerStep, let end = page.last else { break }
            last = end.key.name.value
        }
        return found
    }
}
