internal import Logging
internal import WeirCatalog
internal import WeirDomain
internal import WeirJSON
internal import WeirStorage

extension Operations {
    /// Gives the queue a flavor that its pool does not serve: begins its move to a pool that does, then applies the
    /// patch. What cannot be moved keeps its metadata; a migration whose patch is refused after all is cancelled.
    func move(
        _ key: QueueKey, toFlavor name: String, with patch: [MetadataPatch], by actor: ProjectID
    ) async throws(OperationError) -> JSONObject {
        let queue = PlacedQueue(try await showRoute(key).queue)
        let target = try await poolForMove(of: queue, toFlavor: name)
        let move = PlannedMove(queue: queue, to: target)
        let migration = try await beginAlone(move, MigrationTerms(keepSourceSeconds: 0), by: actor)
        do throws(PatchFailure) {
            return try await change(key, patch, goingTo: target)
        } catch {
            await cancel(migration, by: actor)
            throw error.error
        }
    }

    /// The caller is told why the patch was refused; what becomes of the move, the operator.
    private func cancel(_ migration: Migration, by actor: ProjectID) async {
        do throws(OperationError) {
            _ = try await orderMigration(migration.number, .cancel, by: actor)
        } catch {
            logger.warning(
                "migration not cancelled", metadata: ["migration": "\(migration.number)", "reason": "\(error)"])
        }
    }

    private func poolForMove(of queue: PlacedQueue, toFlavor name: String) async throws(OperationError) -> String {
        if let number = try await migrationNumber(of: queue.ref.life) {
            throw .conflict("_flavor: migration '\(number)' moves the queue already; change it when that is over.")
        }
        let flavor = try await operation(try await catalog.store.flavor(name, of: queue.key.project))
        guard let flavor else { throw .notFound("_flavor: there is no flavor named '\(name)'.") }
        let placement = try await placement(among: catalog.pools.pools)
        guard let pool = placement.choose(for: queue, of: flavor) else {
            throw .conflict("_flavor: \(Self.reason(noPoolServes: flavor))")
        }
        return pool
    }
}
