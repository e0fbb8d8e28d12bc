internal import WeirCatalog
internal import WeirDomain
internal import WeirOperations
internal import WeirStorage

/// The lanes of one dispatcher, which alone uses it.
final class LaneBook {
    let ledger: SharedLedger
    private let outbox: QueueName
    private let home: String
    private let node: NotifierNode
    private var lanes: [String: Lane] = [:]

    init(of outbox: QueueName, home: String, _ node: NotifierNode, _ ledger: SharedLedger) {
        self.outbox = outbox
        self.home = home
        self.node = node
        self.ledger = ledger
    }

    // MARK: Lanes

    /// Where its deliveries go. Nil for one that can have none.
    /// - Parameter read: when the recipient was read.
    func lane(to recipient: Recipient, read: Timestamp, backlogged: Int = 0) -> Lane? {
        if let lane = lanes[recipient.id] { return lane }
        guard let name = OutboxNames.backlog(recipient.id, of: outbox),
            let failures = FailureList(of: recipient.id, about: recipient.queue, home: home, in: node.vault)
        else { return nil }
        let backlog = HiddenQueue(.backlog, name, home: home, about: recipient.queue, in: node.vault)
        let lane = Lane(
            to: recipient, read: read, node, ledger, backlog: backlog, failures: failures, backlogged: backlogged)
        lanes[recipient.id] = lane
        return lane
    }

    /// Lanes for the backlogs that are there from before. Those whose subscription is gone are removed.
    func resume() async throws(StorageError) -> [Lane] {
        var found: [Lane] = []
        var last = OutboxNames.prefix(of: outbox)
        while true {
            let page = try await node.catalog.store.queues(
                of: .hidden(.backlog), after: last, limit: Limits.queuesScannedPerStep)
            for record in page {
                guard let id = OutboxNames.subscription(ofBacklog: record.key.name, of: outbox) else { return found }
                if let lane = try await resume(id, record) { found.append(lane) }
                last = record.key.name.value
            }
            if page.count < Limits.queuesScannedPerStep { return found }
        }
    }

    private func resume(_ id: String, _ record: QueueRecord) async throws(StorageError) -> Lane? {
        let now = node.clock.now()
        guard let queue = HiddenQueue.about(record), let recipient = try await node.recipient(id, of: queue) else {
            try await node.catalog.remove(record.key)
            return nil
        }
        let backlog = HiddenQueue(.backlog, record.key.name, home: home, about: queue, in: node.vault)
        let count = try await backlog.count()
        guard count > 0 else { return nil }
        // Whoever served this before works no longer at what it took: nobody has to wait for that.
        try await backlog.releaseClaims()
        return lane(to: recipient, read: now, backlogged: count)
    }

    /// Lets go of lanes that have nothing to do.
    func sweep() async {
        for (id, lane) in lanes where await lane.isIdle { lanes[id] = nil }
    }
}
