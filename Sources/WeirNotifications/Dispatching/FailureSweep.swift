internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Removes the lists of failures, in the pool of an outbox, of subscriptions whose time is over: nobody can ask for them
/// any more.
struct FailureSweep: Sendable {
    private let outbox: QueueName
    private let node: NotifierNode

    init(of outbox: QueueName, _ node: NotifierNode) {
        self.outbox = outbox
        self.node = node
    }

    /// Now and then, until cancelled.
    func run() async {
        while !Task.isCancelled {
            do throws(StorageError) {
                try await sweep()
            } catch {
                node.log.warning(
                    "failure lists not looked through", about: outbox.value,
                    ["outbox": outbox.value, "reason": error.reason])
            }
            await node.clock.sleep(milliseconds: Limits.failureSweepMilliseconds)
        }
    }

    private func sweep() async throws(StorageError) {
        var last = ""
        while !Task.isCancelled {
            let page = try await node.catalog.store.queues(
                of: .hidden(.failures), after: last, limit: Limits.queuesScannedPerStep)
            for record in page where OutboxNames.outbox(ofPool: record.pool) == outbox {
                guard let queue = HiddenQueue.about(record) else { continue }
                let isGone = try await node.recipient(record.key.name.value, of: queue) == nil
                if isGone { try await node.catalog.remove(record.key) }
            }
            guard page.count == Limits.queuesScannedPerStep, let end = page.last else { return }
            last = end.key.name.value
        }
    }
}
