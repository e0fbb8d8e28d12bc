internal import WeirDomain
internal import WeirStorage

/// Entries of an outbox of which the node that came to them could make nothing, since it has not the key that sealed them.
/// They lie here as they were, for one that can.
struct Shelf: Sendable {
    private let queue: HiddenQueue
    private let outbox: HiddenQueue

    init?(of outbox: HiddenQueue) {
        guard let name = OutboxNames.shelf(of: outbox.key.name) else { return nil }
        queue = HiddenQueue(.outbox, name, home: outbox.home, in: outbox.vault)
        self.outbox = outbox
    }

    func put(_ entries: [Message]) async throws(StorageError) {
        // In pieces that any store takes.
        for start in stride(from: 0, to: entries.count, by: Limits.parcelsPerWrite) {
            let piece = entries[start..<min(start + Limits.parcelsPerWrite, entries.count)]
            try await queue.keep(Array(piece), ttl: Limits.outboxSeconds)
        }
    }

    /// Puts those that this node can read behind the last entry of the outbox, and says how many they are.
    func putBack() async throws(StorageError) -> Int {
        var (position, count) = (MessageSequence.start, 0)
        while !Task.isCancelled {
            let page = try await queue.list(after: position, limit: Limits.parcelsPerWrite)
            guard let last = page.last else { break }
            position = last.sequence
            var readable: [(id: MessageID, bytes: [UInt8])] = []
            for message in page {
                guard var announcement = queue.entry(message).flatMap({ Announcement($0) }) else { continue }
                announcement.isReturned = true
                readable.append((message.id, announcement.bytes))
            }
            guard !readable.isEmpty else { continue }
            // In this order: what is in both for a moment is delivered twice, which subscribers can tell by its id.
            _ = try await outbox.post(readable.map(\.bytes), ttl: Limits.outboxSeconds)
            try await queue.delete(readable.map(\.id))
            count += readable.count
        }
        return count
    }
}
