internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
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
        let (reply, records) = try await runSettledReading(
            .list, on: queue, arguments: 6, sequencesAt: 1, changes: true
        ) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(filter.after.value)
            buffer.add(Int64(filter.limit))
            buffer.add(filter.includeClaimed ? "1" : "0")
            buffer.add(filter.includeDelayed ? "1" : "0")
            buffer.add(hidden ?? [])
        }
        let parts = try Answer.elements(reply)
        let next = parts.first?.text.flatMap { Int64($0) }.map(MessageSequence.init)
        guard parts.count == 4 else { return (try Answer.messages(parts.dropFirst(), records), next) }
        return (try Answer.messages(parts[1...2], try Answer.elements(parts[3])), next)
    }
}
