internal import Logging
internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Removes what no migration knows of any more: a call of a move that was on its way for very long may open a shadow, or
/// begin a capture, after its migration has ended. Nobody is ever served from such a thing; it only takes room.
struct MigrationSweeper: Sendable {
    private let node: MigrationNode

    init(_ node: MigrationNode) {
        self.node = node
    }

    /// Walks through all pools again and again, at a bounded pace, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await node.clock.sleep(milliseconds: MoveLimits.sweepMilliseconds)
            for slot in node.catalog.pools.pools where slot.outage == nil && !Task.isCancelled {
                do throws(StorageError) {
                    try await sweep(slot)
                } catch {
                    // The next round tries again.
                    node.logger.debug("not swept", metadata: ["pool": "\(slot.name)", "reason": "\(error)"])
                }
            }
        }
    }

    private func sweep(_ slot: PoolSlot) async throws(StorageError) {
        var last = QueueLife(.min)
        while !Task.isCancelled {
            let after = last
            let lives = try await slot.chore { pool throws(StorageError) in
                try await pool.lives(after: after, limit: MoveLimits.sweptPerStep)
            }
            for life in lives { try await sweep(life, in: slot) }
            guard lives.count == MoveLimits.sweptPerStep, let end = lives.last else { return }
            last = end.life
            await node.clock.sleep(milliseconds: MoveLimits.sweepStepMilliseconds)
        }
    }

    private func sweep(_ held: HeldLife, in slot: PoolSlot) async throws(StorageError) {
        guard let number = held.migration else { return }
        if let record = try await node.store.migration(number), !record.hasEnded { return }
        var isMore = true
        while isMore, !Task.isCancelled {
            isMore = try await slot.chore { pool throws(StorageError) in
                try await pool.clearTraces(of: number, from: held, limit: MoveLimits.clearedPerStep)
            }
        }
        guard !isMore else { return }
        let leftover = held.role == .serving ? "capture" : "copy"
        node.logger.notice(
            "leftover of a migration removed",
            metadata: ["pool": "\(slot.name)", "migration": "\(number)", "leftover": "\(leftover)"])
    }
}
