internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

/// Queues of version 1: made without metadata, which are a resource of their own.
extension HTTPService {
    func queueExistsInV1(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        try await queueExists(queue).located(call)
    }

    /// What the body says does not matter.
    func createPlainQueue(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let isNew = try await operations.createQueue(queue, metadata: JSONObject())
        return .empty(isNew ? .created : .noContent, headers: [(.location, call.path(of: queue))])
    }

    func showMetadata(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        guard let metadata = try await operations.plainMetadata(queue) else { throw Self.missing(queue) }
        return Reply.json(.ok, .object(metadata)).located(call)
    }

    func setMetadata(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let metadata = try call.body.object(limit: operations.limits.queueMetadataBytes)
        try await operations.replaceMetadata(queue, metadata)
        return .empty(.noContent, headers: [(.location, call.target.path)])
    }

    func showExistingStats(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        guard try await operations.queueExists(queue) else { throw Self.missing(queue) }
        return try await showStats(call, queue).located(call)
    }

    private static func missing(_ queue: QueueKey) -> OperationError {
        .notFound("Queue '\(queue.name.value)' does not exist.")
    }
}
