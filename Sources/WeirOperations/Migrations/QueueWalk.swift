internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Bounds of plans.
enum PlanLimits {
    /// Queues and projects that are read at a time.
    static let page = 500
    /// Queues of which one plan says something. The others are left for the next.
    static let queues = 100_000
    /// Questions to a store that are on their way at a time.
    static let atATime = 32
    /// How long a queue is left alone after it has moved.
    static let restMilliseconds: Int64 = 3_600_000
    /// How often an order is tried that its migration's worker gets ahead of.
    static let orderAttempts = 16
}

extension Operations {
    /// The queues of all projects whose routes point at these pools, at most `PlanLimits.queues`. It reads all
    /// queues that there are, page by page.
    func queues(in pools: Set<String>) async throws(OperationError) -> [PlacedQueue] {
        var found: [PlacedQueue] = []
        var cursor: [UInt8]?
        repeat {
            let after = cursor
            let page = try await operation(try await catalog.store.projects(after: after, limit: PlanLimits.page))
            for project in page.projects { try await addQueues(of: project, in: pools, to: &found) }
            cursor = page.next
        } while cursor != nil && found.count < PlanLimits.queues
        return found
    }

    private func addQueues(
        of project: ProjectID, in pools: Set<String>, to found: inout [PlacedQueue]
    ) async throws(OperationError) {
        var last = ""
        while found.count < PlanLimits.queues {
            let after = last
            let page = try await operation(
                try await catalog.store.queues(of: project, after: after, limit: PlanLimits.page))
            for record in page where pools.contains(record.pool) { found.append(PlacedQueue(record)) }
            guard page.count == PlanLimits.page, let end = page.last else { return }
            last = end.key.name.value
        }
    }

    /// Migrations page by page, until `each` has seen all that the filter finds.
    func everyMigration(_ filter: MigrationFilter, _ each: (MigrationRecord) -> Void) async throws(OperationError) {
        var last: Int64 = 0
        while true {
            let after = last
            let page = try await operation(
                try await catalog.store.migrations(filter, after: after, limit: PlanLimits.page))
            page.forEach(each)
            guard let end = page.last else { return }
            last = end.number
        }
    }

    /// Does `work` for each, some at a time, and returns what came of it in order. After a failure nothing more is begun.
    func inRounds<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws(StorageError) -> Value
    ) async throws(OperationError) -> [Value] {
        var values: [Value] = []
        for start in stride(from: 0, to: items.count, by: PlanLimits.atATime) {
            let round = Array(items[start..<min(start + PlanLimits.atATime, items.count)])
            for outcome in await Self.round(round, work) {
                do throws(StorageError) {
                    values.append(try outcome.get())
                } catch {
                    throw .unavailable(error)
                }
            }
        }
        return values
    }

    private static func round<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws(StorageError) -> Value
    ) async -> [Result<Value, StorageError>] {
        await withTaskGroup(of: (Int, Result<Value, StorageError>).self) { group in
            for (index, item) in items.enumerated() {
                group.addTask {
                    do throws(StorageError) {
                        return (index, .success(try await work(item)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var outcomes: [Int: Result<Value, StorageError>] = [:]
            for await (index, outcome) in group { outcomes[index] = outcome }
            return items.indices.compactMap { outcomes[$0] }
        }
    }
}
