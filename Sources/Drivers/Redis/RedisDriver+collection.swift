internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    /// Queues that are cleared up at once: their scripts go out together.
    private static let queuesAtOnce = 16

    package func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        var (left, failures) = (limit, [StorageError]())
        while left > 0 {
            // Queues that the server refuses to clear up stay due, and keep nobody from those behind them.
            let lives = try await due(min(left, Self.queuesAtOnce), after: failures.count, now: now)
            guard !lives.isEmpty else { break }
            let outcome = await clearUp(lives, budget: max(1, left / lives.count), now: now)
            left -= outcome.done
            failures += outcome.failures
            for case .unavailable(let reason) in outcome.failures { throw .unavailable(reason) }
        }
        if let failure = failures.first { throw failure }
        return left > 0 ? try await forget(left, now: now) : true
    }

    /// Queues that are due, but for the first `skipped`.
    private func due(_ limit: Int, after skipped: Int, now: Timestamp) async throws(StorageError) -> [String] {
        let reply = try await connections[0].ask(changesStore: false) { buffer in
            buffer.begin(7)
            for word in ["ZRANGEBYSCORE", QueueKeys.due, "-inf"] { buffer.add(word) }
            buffer.add(now.milliseconds)
            buffer.add("LIMIT")
            buffer.add(Int64(skipped))
            buffer.add(Int64(limit))
        }
        return try Answer.elements(reply).compactMap(\.text)
    }

    /// Clears up in these queues, and says how much was done, at least 1 for each, and what failed.
    private func clearUp(
        _ lives: [String], budget: Int, now: Timestamp
    ) async -> (done: Int, failures: [StorageError]) {
        let results = await withTaskGroup(of: Result<Int, StorageError>.self) { group in
            for life in lives {
                group.addTask {
                    do throws(StorageError) {
                        return .success(try await self.clearUp(life, budget: budget, now: now))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var (done, failures) = (0, [StorageError]())
        for result in results {
            switch result {
            case .success(let count): done += max(1, count)
            case .failure(let error):
                done += 1
                failures.append(error)
            }
        }
        return (done, failures)
    }

    func clearUp(_ life: String, budget: Int, now: Timestamp) async throws(StorageError) -> Int {
        let keys = QueueKeys(life: life)
        let reply = try await connections[0].ask(changesStore: true) { buffer in
            buffer.begin(script: Script.collect.index, keys: 1, arguments: 3)
            buffer.add(keys.beginning)
            buffer.add(life)
            buffer.add(now.milliseconds)
            buffer.add(Int64(budget))
        }
        return Int(try Answer.integer(reply))
    }

    /// Forgets tombstones; true if there may be more.
    private func forget(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        let old = now.adding(seconds: -Limits.tombstoneSeconds)
        let reply = try await connections[0].ask(changesStore: true) { buffer in
            buffer.begin(script: Script.forget.index, keys: 1, arguments: 5)
            buffer.add(QueueKeys.retired)
            buffer.add(old.milliseconds)
            buffer.add(Int64(limit))
            buffer.add(QueueKeys.around.before)
            buffer.add(QueueKeys.around.header)
            buffer.add(QueueKeys.around.move)
        }
        return try Answer.integer(reply) == limit
    }
}
