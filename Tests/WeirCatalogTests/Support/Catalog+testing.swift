import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirJSON
import WeirStorage

extension QueueKey {
    static func named(_ name: String, of project: String = "team") throws -> QueueKey {
        QueueKey(project: try #require(ProjectID(project)), name: try #require(QueueName(name)))
    }
}

extension Catalog {
    /// Creates a queue with this flavor, if one is named.
    func create(_ key: QueueKey, flavor: String? = nil) async throws(CatalogError) -> Bool {
        try await create(key, metadata: flavor.map { JSONObject([("_flavor", .string($0))]) } ?? JSONObject())
    }

    /// Posts one message; nil if there is no such queue.
    @discardableResult
    func post(
        _ text: String, to key: QueueKey, at now: Timestamp = ManualClock().now()
    ) async throws(StorageError) -> MessageID? {
        try await withPool(of: key, opening: true) { driver, route throws(StorageError) in
            try await driver.post([.saying(text)], from: .producer, to: route.ref, now: now)[0]
        }
    }

    /// What the messages of the queue say; nil if there is no such queue, or nothing was ever posted to it.
    func texts(
        in key: QueueKey, at now: Timestamp = ManualClock().now()
    ) async throws(StorageError) -> [String]? {
        try await withPool(of: key) { driver, route throws(StorageError) in
            try await driver.list(MessageFilter(after: .start, limit: 1000), in: route.ref, now: now).map(
                \.text)
        }
    }

    /// The pool that the catalog has for the queue.
    func pool(of key: QueueKey) async throws -> String {
        try #require(try await store.queue(key)).pool
    }

    /// Changes the flavor that a queue has; nil takes it off.
    func setFlavor(_ flavor: String?, of key: QueueKey) async throws(CatalogError) {
        _ = try await changeMetadata(of: key, failed: { $0 }) { metadata throws(CatalogError) in
            var metadata = metadata
            metadata["_flavor"] = flavor.map(JSONValue.string)
            return metadata
        }
    }

    /// Tells pools about removed queues, once.
    func retireRemovedOnce() async {
        // A task of its own, because the store ends it after a round.
        await Task { await retireRemoved() }.value
    }
}
