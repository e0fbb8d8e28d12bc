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
        let found = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.messages(known, in: route.ref, now: now)
            })
        guard let found, !found.isEmpty else { throw .notFound("None of the messages exists.") }
        return try opened(found, of: key)
    }

    package func getMessage(_ id: String, in key: QueueKey) async throws(OperationError) -> Message {
        let missing = OperationError.notFound("Message '\(id.prefix(64))' does not exist.")
        do throws(OperationError) {
            guard let message = try await getMessages([id], in: key).first else { throw missing }
            return message
        } catch .notFound {
            throw missing
        }
    }
}
