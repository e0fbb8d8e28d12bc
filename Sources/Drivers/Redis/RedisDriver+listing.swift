internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    private static let messagesAStep = 100

    package func list(
        _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        var found: [Message] = []
        var after = filter.after
        while true {
            var rest = filter
            rest.after = after
            rest.limit = filter.limit - found.count
            let step = try await step(rest, in: queue, now: now)
            found += step.messages
            guard let next = step.next, found.count < filter.limit else { return found }
            after = next
        }
    }

    /// The first of the messages, after looking at a bounded number, and where to go on if that is not all.
    private func step(
        _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> (messages: [Message], next: MessageSequence?) {
        let hidden = filter.hiding.map { hidden in
            let name = hidden.packed
            return [UInt8(truncatingIfNeeded: name.count), UInt8(truncatingIfNeeded: name.count >> 8)] + name
        }
        let limit = min(filter.limit, Self.messagesAStep)
        let (reply, last, messages) = try await runSettledReading(
            .list, on: queue, after: filter.after, limit: limit, now: now, arguments: 6, changes: false
        ) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(filter.after.value)
            buffer.add(Int64(limit))
            buffer.add(filter.includeClaimed ? "1" : "0")
            buffer.add(filter.includeDelayed ? "1" : "0")
            buffer.add(hidden ?? [])
        }
        guard case .bytes(let next)? = try Answer.elements(reply).first else { return (messages, last) }
        return (messages, Int64(String(decoding: next, as: UTF8.self)).map(MessageSequence.init))
    }
}
