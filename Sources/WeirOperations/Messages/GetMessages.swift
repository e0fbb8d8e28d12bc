internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// The messages with these ids, in their order; ids that name none are left out. Claimed ones and the
    /// caller's own are included.
    package func getMessages(_ ids: [String], in key: QueueKey) async throws(OperationError) -> [Message] {
        guard ids.count <= limits.messagesPerPage else {
            throw .invalidRequest("ids: \(ids.count) ids are too many; at most \(limits.messagesPerPage) are allowed.")
        }
        let known = ids.compactMap { MessageID($0) }
        let now = clock.now()
        let found = try await operation { () async throws(StorageError) in
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.messages(known, in: route.ref, now: now)
            }
        }
        guard let found, !found.isEmpty else { throw .notFound("None of the messages exists.") }
        return try opened(found, of: key)
    }

    package func getMessage(_ id: String, in key: QueueKey) async throws(OperationError) -> Message {
        let found = try await getMessages([id], in: key)
        guard let message = found.first else { throw .notFound("Message '\(id)' does not exist.") }
        return message
    }
}
