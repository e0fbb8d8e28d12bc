internal import WeirCatalog
internal import WeirDomain
internal import WeirOperations
internal import WeirStorage

/// Hands entries of an outbox to those they are for: one entry after another, and of each a bounded number of parcels to a
/// bounded number of lanes at a time.
struct Distribution {
    private let outbox: HiddenQueue
    private let lanes: LaneBook
    private let keeper: LeaseKeeper
    private let node: NotifierNode
    private var audience: AudienceReader
    private var deserted: Set<QueueKey> = []

    init(of outbox: HiddenQueue, to lanes: LaneBook, _ keeper: LeaseKeeper, _ node: NotifierNode) {
        self.outbox = outbox
        self.lanes = lanes
        self.keeper = keeper
        self.node = node
        audience = AudienceReader(node)
    }

    /// Hands the entries out, and tells which lanes have to be run. False if the lease ended before that was done: then
    /// what is left is for whoever takes it.
    mutating func hand(_ batch: [Message], run: (Lane) -> Void) async throws(StorageError) -> Bool {
        for message in batch {
            guard let announcement = outbox.entry(message).flatMap({ Announcement($0) }) else {
                try await setAside(message)
                lanes.ledger.with { [clock = node.clock] in $0.begin(message.sequence, posted: clock.now(), parcels: 0) }
                continue
            }
            // One more than there are, until all are known.
            lanes.ledger.with { $0.begin(message.sequence, posted: announcement.posted, parcels: 1) }
            guard try await hand(announcement, message.sequence, run) else { return false }
            lanes.ledger.with { $0.settle(message.sequence) }
        }
        return true
    }

    /// Entries that cannot be read keep none behind them from being delivered: they go to the shelf.
    private func setAside(_ entry: Message) async throws(StorageError) {
        guard let shelf = Shelf(of: outbox) else { return }
        try await shelf.put([entry])
        node.counters.count { $0.unreadable += 1 }
        let name = outbox.key.name.value
        node.log.error(
            "outbox entry unreadable", about: name,
            ["outbox": name, "sequence": "\(entry.sequence.value)", "reason": outbox.whyUnreadable(entry)])
    }

    private mutating func hand(
        _ announcement: Announcement, _ sequence: MessageSequence, _ run: (Lane) -> Void
    ) async throws(StorageError) -> Bool {
        let queue = announcement.queue
        switch announcement.content {
        case .parcels(let parcels, let subscription):
            let read = node.clock.now()
            guard let recipient = try await node.recipient(subscription, of: queue) else { return true }
            return await hand(parcels, of: sequence, to: [recipient], read: read, run)
        case .messages(let messages):
            var next: String? = ""
            while let after = next {
                let page = try await audience.page(of: queue, after: after)
                if after.isEmpty, page.recipients.isEmpty { try await unmark(queue) }
                let open = page.recipients.filter {
                    $0.isOpen(at: page.read, demandingConfirmation: node.demandsConfirmation)
                }
                for start in stride(from: 0, to: open.isEmpty ? 0 : messages.count, by: Limits.parcelsPerOffer) {
                    let parcels = messages[start..<min(start + Limits.parcelsPerOffer, messages.count)].map {
                        Parcel(id: $0.id.text, payload: Payload.of($0, in: queue.name))
                    }
                    guard await hand(parcels, of: sequence, to: open, read: page.read, run) else { return false }
                }
                next = page.end
            }
            return true
        }
    }

    /// Posts leave no more word once the last subscription is over.
    private mutating func unmark(_ queue: QueueKey) async throws(StorageError) {
        if deserted.insert(queue).inserted { try await node.catalog.unmarkUnsubscribed(queue) }
    }

    /// The parcels are the same for all, and shared.
    private func hand(
        _ parcels: [Parcel], of sequence: MessageSequence, to recipients: [Recipient], read: Timestamp,
        _ run: (Lane) -> Void
    ) async -> Bool {
        let works = parcels.map { Lane.Work(parcel: $0, entry: sequence) }
        for start in stride(from: 0, to: recipients.count, by: Limits.offersAtATime) {
            guard await keeper.isHeld else { return false }
            let group = recipients[start..<min(start + Limits.offersAtATime, recipients.count)]
            let offers = group.compactMap { recipient in lanes.lane(to: recipient, read: read).map { ($0, recipient) } }
            lanes.ledger.with { [count = offers.count * works.count] in $0.expect(count, of: sequence) }
            for lane in await offer(works, to: offers, read: read) { run(lane) }
        }
        return true
    }

    /// Returns the lanes that have to be run.
    private func offer(_ works: [Lane.Work], to offers: [(Lane, Recipient)], read: Timestamp) async -> [Lane] {
        await withTaskGroup(of: Lane?.self) { group in
            for (lane, recipient) in offers {
                group.addTask { await lane.offer(works, for: recipient, read: read) ? lane : nil }
            }
            var idle: [Lane] = []
            for await lane in group { if let lane { idle.append(lane) } }
            return idle
        }
    }
}
