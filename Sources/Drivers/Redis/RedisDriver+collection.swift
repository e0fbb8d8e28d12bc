internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    /// Queues that are cleared up at once: their scripts go out together.
    private static let queuesAtOnce = 16

    package func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        var left = limit
        while left > 0 {
            let lives = try await due(min(left, Self.queuesAtOnce), now: now)
            guard !lives.isEmpty else { return try await forget(left, now: now) }
            left -= try await clearUp(lives, budget: max(1, left / lives.count), now: now)
        }
        return true
    }

    private func due(_ limit: Int, now: Timestamp) async throws(StorageError) -> [String] {
        let reply = try await connections[0].ask(changesStore: false) { buffer in
            buffer.begin(7)
            for word in ["ZRANGEBYSCORE", QueueKeys.due, "-inf"] { buffer.add(word) }
            buffer.add(now.milliseconds)
            buffer.add("LIMIT")
            buffer.add(0)
            buffer.add(Int64(limit))
        }
        return try Answer.elements(reply).compactMap(\.text)
    }

    /// Clears up in these queues, and says how much was done: at least 1 for each.
    private func clearUp(_ lives: [String], budget: Int, now: Timestamp) async throws(StorageError) -> Int {
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
        var done = 0
        for result in results { done += max(1, try result.get()) }
        return done
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
