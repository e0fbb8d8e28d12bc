package import WeirDomain
package import WeirJSON
internal import WeirCatalog
internal import WeirStorage

/// Which queues a listing shows.
package struct QueueListing: Sendable {
    /// The name after which the page starts; empty for the first page.
    package var marker = ""
    package var limit: Int?
    /// A part of the name.
    package var name: String?
    /// Metadata that must have these values.
    package var metadata: [(key: String, value: JSONValue)] = []
    /// Whether the metadata of the queues listed are completed by the defaults.
    package var showsDefaults = true

    package init() {}
}

/// A queue in a listing, with its metadata.
package struct ListedQueue: Sendable {
    package let name: QueueName
    package let metadata: JSONObject
}

extension Operations {
    /// The project's queues in byte order of their names, filtered first and counted afterwards.
    package func listQueues(
        of project: ProjectID, _ listing: QueueListing
    ) async throws(OperationError) -> Page<ListedQueue> {
        let limit = try pageSize(listing.limit, maximum: limits.queuesPerPage)
        guard listing.metadata.count <= Limits.metadataFilters else {
            throw .invalidRequest("at most \(Limits.metadataFilters) metadata filters are allowed.")
        }
        let isFiltered = listing.name != nil || !listing.metadata.isEmpty
        let step = isFiltered ? Limits.queuesScannedPerStep : limit
        var found: [ListedQueue] = []
        var marker = listing.marker
        while found.count < limit {
            let after = marker
            let records = try await operation(try await catalog.store.queues(of: project, after: after, limit: step))
            for record in records where found.count < limit && listing.admits(record) {
                found.append(
                    ListedQueue(
                        name: record.key.name,
                        metadata: listing.showsDefaults
                            ? QueueMetadata.completed(record.metadataObject, of: project, limits)
                            : record.metadataObject))
            }
            guard let last = records.last, records.count == step else { break }
            marker = last.key.name.value
        }
        return Page(found) { $0.name.value }
    }

    /// How many queues the project has.
    package func countQueues(of project: ProjectID) async throws(OperationError) -> Int {
        try await operation(try await catalog.store.queueCount(of: project))
    }
}

extension QueueListing {
    func admits(_ record: QueueRecord) -> Bool {
        if let name, !record.key.name.value.contains(name) { return false }
        guard !metadata.isEmpty else { return true }
        let present = record.metadataObject
        return metadata.allSatisfy { present[$0.key] == $0.value }
    }
}
