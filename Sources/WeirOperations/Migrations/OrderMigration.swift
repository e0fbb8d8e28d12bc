internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Tells a migration what to do. Its worker learns of it within a second.
    package func orderMigration(
        _ number: Int64, _ order: Migration.Order, by actor: ProjectID
    ) async throws(OperationError) -> Migration {
        if order == .reverse { try await checkWayBack(number) }
        return try await changeMigration(number, "migration.\(order.rawValue)", by: actor) {
            migration throws(MigrationRefusal) in
            try migration.obey(order, of: actor.value, at: clock.now())
        }
    }

    /// Gives a migration bounds of its own, or takes them away.
    /// - Parameters:
    ///   - messages: Nil leaves the bound as it is.
    ///   - bytes: Likewise.
    package func throttleMigration(
        _ number: Int64, messagesPerSecond messages: Int??, bytesPerSecond bytes: Int??, by actor: ProjectID
    ) async throws(OperationError) -> Migration {
        try MigrationTerms.checkRate("messages_per_second", messages ?? nil)
        try MigrationTerms.checkRate("bytes_per_second", bytes ?? nil)
        return try await changeMigration(number, "migration.throttle", by: actor) {
            migration throws(MigrationRefusal) in
            try migration.throttle(
                messagesPerSecond: messages ?? migration.messagesPerSecond,
                bytesPerSecond: bytes ?? migration.bytesPerSecond, of: actor.value, at: clock.now())
        }
    }

    /// The flavor may have changed since the queue left.
    private func checkWayBack(_ number: Int64) async throws(OperationError) {
        let migration = try await showMigration(number)
        guard migration.step == .switched, let slot = try await findPool(migration.from) else { return }
        guard slot.outage == nil else { throw .conflict("It cannot be reversed: pool '\(slot.name)' cannot be reached.") }
        let record = try await operation(try await catalog.store.queue(migration.key))
        guard let record, let flavor = try await flavor(of: PlacedQueue(record)) else { return }
        if let reason = Self.lack(of: slot, for: flavor) { throw .conflict("It cannot be reversed: \(reason)") }
    }

    /// The worker changes it too, so what it is to become is worked out anew each time that one was faster.
    /// - Parameter action: As the audit log names it. An order that changes nothing does not stand there.
    private func changeMigration(
        _ number: Int64, _ action: String, by actor: ProjectID,
        _ change: (inout Migration) throws(MigrationRefusal) -> Void
    ) async throws(OperationError) -> Migration {
        for _ in 0..<PlanLimits.orderAttempts {
            let record = try await operation(try await catalog.store.migration(number))
            guard let record else { throw .noMigration(number) }
            let present = Migration(record)
            var next = present
            do throws(MigrationRefusal) {
                try change(&next)
            } catch {
                throw .conflict("Migration '\(number)' refuses: \(error.reason).")
            }
            guard next != present else { return present }
            let changed = next.record(version: record.version)
            let entry = note(
                action, next.key.name.value, by: actor, before: present.described, after: next.described)
            let isAccepted = try await operation(
                try await catalog.store.replace(changed, switching: nil, noting: entry))
            if isAccepted { return next }
        }
        throw .unavailable(.busy)
    }
}
