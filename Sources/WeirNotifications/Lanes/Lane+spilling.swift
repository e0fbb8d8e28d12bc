internal import WeirDomain

extension Lane {
    /// What is on its way to the backlog. One task writes all of it, in the order in which it came.
    struct Spilling {
        fileprivate var works: [Work] = []
        fileprivate(set) var isUnderWay = false
        fileprivate var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    /// Puts works that are due behind all others in the backlog, those included that are on their way there. Returns once
    /// they are there or given up; or if the writing task was cancelled: then they are in the outbox still.
    func spill(_ works: [Work]) async {
        backlog.expectDue()
        spilling.works += works
        guard !spilling.isUnderWay else {
            await withUnsafeContinuation { spilling.waiting.append($0) }
            return
        }
        spilling.isUnderWay = true
        while !spilling.works.isEmpty {
            // In pieces that any store takes.
            let piece = Array(spilling.works.piece { $0.parcel.payload.count })
            spilling.works.removeFirst(piece.count)
            if await !write(piece) { spilling.works = [] }
        }
        let waiting = spilling.waiting
        spilling = Spilling()
        for continuation in waiting { continuation.resume() }
    }

    /// False if the task was cancelled before that was done.
    private func write(_ piece: [Work]) async -> Bool {
        guard backlog.count < Limits.backlogParcels else {
            for work in piece where !isBeingSent(work) {
                await giveUp(work, "too many deliveries wait for this subscriber", status: nil)
            }
            return !Task.isCancelled
        }
        let entries = piece.map { BacklogEntry($0.parcel, failures: $0.failures) }
        guard let ids = await backlog.post(entries, delay: 0) else { return false }
        for (work, id) in zip(piece, ids) {
            settle(work)
            guard isBeingSent(work) else { continue }
            current?.entry = nil
            current?.copy = id
        }
        return true
    }

    /// Nothing else is of this entry and has this id.
    private func isBeingSent(_ work: Work) -> Bool {
        current.map { $0.entry != nil && $0.entry == work.entry && $0.parcel.id == work.parcel.id } ?? false
    }
}
