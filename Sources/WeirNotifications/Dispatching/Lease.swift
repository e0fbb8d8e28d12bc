package import WeirDomain
internal import WeirJSON
package import WeirStorage

/// The right of one node to serve an outbox, with the place up to which it was served: a document in the catalog. It ends
/// by itself when the node does not renew it.
package struct Lease: Sendable {
    private let store: any CatalogStore
    private let node: String
    private let key: Document.Key
    private var document: Document
    private(set) var cursor: MessageSequence
    private(set) var ends: Timestamp
    private(set) var written: Timestamp
    /// How it came to this node, for the log.
    private(set) var origin = Origin.new

    enum Origin: String {
        case new, released
        /// The node that had it has let it end.
        case ended
        /// This node had it before.
        case kept
    }

    /// Takes the lease if nobody has it, or who had it let it end. Nil if somebody has it.
    package static func take(
        of outbox: QueueName, for node: String, in store: any CatalogStore, now: Timestamp
    ) async throws(StorageError) -> Lease? {
        let key = Document.Key(kind: .lease, project: .hidden(.outbox), owner: "outbox", name: outbox.value)
        guard let present = try await store.document(key, now: now) else {
            let lease = Lease(store, node, key, Document(key: key, content: []), .start, now)
            let isFirst = try await store.insert(lease.renewed(now).document, now: now)
            return isFirst ? lease.renewed(now) : nil
        }
        // Without other nodes it is what this one left behind when it was killed.
        guard let content = Content(present.content),
            content.node == node || content.ends < now || !store.isShared
        else { return nil }
        var lease = Lease(store, node, key, present, content.cursor, now)
        lease.origin = content.node == node ? .kept : content.node.isEmpty ? .released : .ended
        return try await lease.write(lease.cursor, now: now) ? lease : nil
    }

    private init(
        _ store: any CatalogStore, _ node: String, _ key: Document.Key, _ document: Document, _ cursor: MessageSequence,
        _ now: Timestamp
    ) {
        self.store = store
        self.node = node
        self.key = key
        self.document = document
        self.cursor = cursor
        ends = now
        written = now
    }

    /// With another end and content, not written yet.
    private func renewed(_ now: Timestamp) -> Lease {
        var lease = self
        lease.ends = Timestamp(milliseconds: now.milliseconds + Limits.leaseMilliseconds)
        lease.written = now
        lease.document.content = Content(node: node, cursor: lease.cursor, ends: lease.ends).bytes
        return lease
    }

    /// Writes down how far the outbox was served, which renews the lease. False if somebody else has it now.
    mutating func write(_ cursor: MessageSequence, now: Timestamp) async throws(StorageError) -> Bool {
        var next = self
        next.cursor = cursor
        next = next.renewed(now)
        guard try await store.replace(next.document, now: now) else { return false }
        next.document.version += 1
        self = next
        return true
    }

    /// Lets the next one take it at once.
    mutating func release(now: Timestamp) async {
        document.content = Content(node: "", cursor: cursor, ends: Timestamp(milliseconds: 0)).bytes
        // Without it the lease ends by itself.
        _ = try? await store.replace(document, now: now)
    }

    private struct Content {
        let node: String
        let cursor: MessageSequence
        let ends: Timestamp

        init(node: String, cursor: MessageSequence, ends: Timestamp) {
            self.node = node
            self.cursor = cursor
            self.ends = ends
        }

        init?(_ bytes: [UInt8]) {
            let value = try? JSONValue.parse(bytes, maximumDepth: Limits.jsonDepth, duplicates: .lastWins)
            guard let object = value?.objectValue, let node = object["node"]?.stringValue,
                let cursor = object["cursor"]?.integerValue, let ends = object["ends"]?.integerValue
            else { return nil }
            self.init(node: node, cursor: MessageSequence(cursor), ends: Timestamp(milliseconds: ends))
        }

        var bytes: [UInt8] {
            JSONValue.object([
                "node": .string(node), "cursor": .integer(cursor.value), "ends": .integer(ends.milliseconds),
            ]).bytes
        }
    }
}
