package import WeirDomain
package import WeirJSON
internal import WeirCatalog
package import WeirStorage

extension Operations {
    /// The queue's metadata, completed by the defaults of the reserved keys; the defaults alone if there is no
    /// such queue (API section 3.3).
    package func showQueue(_ key: QueueKey) async throws(OperationError) -> JSONObject {
        let record = try await record(of: key)
        return QueueMetadata.completed(record?.metadataObject ?? JSONObject(), of: key.project, limits)
    }

    /// The metadata as they were set, without any default; nil if there is no such queue.
    package func plainMetadata(_ key: QueueKey) async throws(OperationError) -> JSONObject? {
        try await record(of: key)?.metadataObject
    }

    package func queueExists(_ key: QueueKey) async throws(OperationError) -> Bool {
        try await record(of: key) != nil
    }

    /// Where the queue is, and the number of the migration that moves it.
    package func showRoute(
        _ key: QueueKey
    ) async throws(OperationError) -> (queue: QueueRecord, migration: Int64?) {
        guard let record = try await record(of: key) else {
            throw .notFound("Queue '\(key.name.value)' does not exist.")
        }
        return (record, try await migrationNumber(of: record.life))
    }

    private func record(of key: QueueKey) async throws(OperationError) -> QueueRecord? {
        try await operation(try await catalog.store.queue(key))
    }
}
