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

    private func lane(to recipient: Recipient, backlogged: Int = 0) -> Lane? {
        if let lane = lanes[recipient.id] { return lane }
        guard let name = OutboxNames.backlog(recipient.id, of: outbox),
            let failures = FailureList(of: recipient.id, about: recipient.queue, home: home, in: node.vault)
        else { return nil }
        let backlog = HiddenQueue(.backlog, name, home: home, about: recipient.queue, in: node.vault)
        let lane = Lane(
            to: recipient, surroundings, backlog: backlog, failures: failures, backlogged: backlogged)
        lanes[recipient.id] = lane
        return lane
    }

    private var surroundings: LaneSurroundings {
        LaneSurroundings(
            courier: node.courier, allowance: node.allowance, ledger: ledger, counters: node.counters,
            log: node.log, clock: node.clock, demandsConfirmation: node.demandsConfirmation
        ) { [node] id, queue async throws(StorageError) in try await node.recipient(id, of: queue) }
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
        guard let queue = HiddenQueue.about(record), let recipient = try await node.recipient(id, of: queue) else {
            try await node.catalog.remove(record.key)
            return nil
        }
        let backlog = HiddenQueue(.backlog, record.key.name, home: home, about: queue, in: node.vault)
        let count = try await backlog.count()
        return count > 0 ? lane(to: recipient, backlogged: count) : nil
    }

    /// Lets go of lanes that have nothing to do.
    func sweep() async {
        for (id, lane) in lanes where await lane.isIdle { lanes[id] = nil }
    }

    // MARK: Entries

    /// Hands the entries to those they are for. Returns the lanes that have to be run.
    func distribute(_ batch: [Message], of queue: HiddenQueue) async throws(StorageError) -> [Lane] {
        let entries = batch.map { ($0.sequence, queue.entry($0).flatMap { Announcement($0) }) }
        try await setAside(zip(batch, entries).filter { $1.1 == nil }.map(\.0), of: queue)
        var audiences: [QueueKey: [Recipient]] = [:]
        for case (_, let announcement?) in entries where audiences[announcement.queue] == nil {
            audiences[announcement.queue] = try await node.audience(of: announcement.queue)
        }
        var load = Load()
        for (sequence, announcement) in entries {
            let parcels = announcement.map { load.add($0, sequence, audiences[$0.queue] ?? [], node) } ?? 0
            let posted = announcement?.posted ?? node.clock.now()
            ledger.with { $0.begin(sequence, posted: posted, parcels: parcels) }
        }
        var idle: [Lane] = []
        for (recipient, works) in load.works.values {
            guard let lane = lane(to: recipient) else { continue }
            if await lane.offer(works, for: recipient) { idle.append(lane) }
        }
        return idle
    }

    /// Entries that cannot be read keep none behind them from being delivered: they go to the shelf.
    private func setAside(_ entries: [Message], of queue: HiddenQueue) async throws(StorageError) {
        guard let first = entries.first, let shelf = Shelf(of: queue) else { return }
        try await shelf.put(entries)
        node.counters.count { $0.unreadable += entries.count }
        node.log.error(
            "outbox entry unreadable", about: outbox.value,
            ["outbox": outbox.value, "sequence": "\(first.sequence.value)", "reason": queue.whyUnreadable(first)])
    }

    /// What the entries of a batch come to, by subscription.
    private struct Load {
        var works: [String: (recipient: Recipient, works: [Lane.Work])] = [:]

        /// How many parcels that was.
        mutating func add(
            _ announcement: Announcement, _ sequence: MessageSequence, _ audience: [Recipient], _ node: NotifierNode
        ) -> Int {
            var count = 0
            switch announcement.content {
            case .messages(let messages):
                let now = node.clock.now()
                let open = audience.filter { $0.isOpen(at: now, demandingConfirmation: node.demandsConfirmation) }
                guard !open.isEmpty else { return 0 }
                for message in messages {
                    let payload = Payload.of(message, in: announcement.queue.name)
                    let parcel = Parcel(id: message.id.text, payload: payload)
                    for recipient in open { put(parcel, sequence, recipient) }
                    count += open.count
                }
            case .parcels(let parcels, let subscription):
                guard let recipient = audience.first(where: { $0.id == subscription }) else { return 0 }
                for parcel in parcels { put(parcel, sequence, recipient) }
                count = parcels.count
            }
            return count
        }

        private mutating func put(_ parcel: Parcel, _ sequence: MessageSequence, _ recipient: Recipient) {
            works[recipient.id, default: (recipient, [])].works.append(Lane.Work(parcel: parcel, entry: sequence))
        }
    }
}
