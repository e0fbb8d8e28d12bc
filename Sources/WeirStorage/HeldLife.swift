package import WeirDomain

/// A life that a pool holds.
package struct HeldLife: Hashable, Sendable {
    /// What the pool is to it.
    package enum Role: Hashable, Sendable {
        case serving
        case importing(MoveTurn)
        /// Moved, and something is left.
        case moved(MoveTurn)
    }

    package var life: QueueLife
    package var epoch: Epoch
    package var role: Role
    /// The migration for which changes are captured.
    package var capture: Int64?
    package var fence: MoveTurn?

    package init(life: QueueLife, epoch: Epoch, role: Role, capture: Int64? = nil, fence: MoveTurn? = nil) {
        self.life = life
        self.epoch = epoch
        self.role = role
        self.capture = capture
        self.fence = fence
    }

    /// The migration that has left its traces here, if any.
    package var migration: Int64? {
        switch role {
        case .serving: capture ?? fence?.migration
        case .importing(let turn), .moved(let turn): turn.migration
        }
    }
}

extension MovablePool {
    /// Removes the traces of a migration that is over, at most `limit` records at a time: the capture and the fence of a
    /// queue that is served, or the copy of one that is not. True if there may be more.
    /// - Throws: `staleRoute` if the queue is served here meanwhile, or another migration imports it.
    package func clearTraces(
        of migration: Int64, from held: HeldLife, limit: Int
    ) async throws(StorageError) -> Bool {
        guard held.role == .serving else {
            let last = MoveTurn(migration: migration, turn: MoveTurn.maximum)
            return try await clear(held.life, turn: last, limit: limit)
        }
        return try await endCapture(of: QueueRef(life: held.life, epoch: held.epoch), for: migration, limit: limit)
    }
}
