internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations
internal import WeirStorage
internal import WeirCatalog

extension HTTPService {
    /// `GET /v2/queues` (API section 3.1): every parameter that is not known is a filter on metadata. The
    /// older versions have neither filters nor a count, and topics no count.
    func listQueues(_ call: Call, _ space: QueuePath.Space) async throws -> Reply {
        let project = space.owner(call.project)
        var listing = QueueListing()
        listing.marker = call.query.text("marker") ?? ""
        listing.limit = try call.query.integer("limit")
        let detailed = try call.query.boolean("detailed")
        var withCount: Bool?
        var filters: [(name: String, value: String)] = []
        if call.version == .v2 {
            listing.name = call.query.text("name")
            if space == .queues { withCount = try call.query.boolean("with_count") }
            let known = ["marker", "limit", "detailed", "name", "with_count"]
            filters = call.query.lastValues.filter { !known.contains($0.name) }
        }
        listing.showsDefaults = call.version == .v2
        for (key, value) in filters {
            listing.metadata.append((key, Int64(value).map { .integer($0) } ?? .string(value)))
        }
        let page = try await operations.listQueues(of: project, listing)
        if call.version == .v1, page.items.isEmpty { return .empty(.noContent) }
        var link = PageLink(path: call.target.path)
        link.marker(in: call.query)
        link.add("limit", listing.limit)
        link.add("detailed", detailed)
        link.add("name", listing.name)
        link.add("with_count", withCount)
        for (key, value) in filters { link.add(key, value) }
        var body = Self.encode(page.items, of: call, space, detailed: detailed ?? false)
        body.append(UInt8(ascii: ","))
        link.append(marker: page.next, to: &body)
        if withCount == true {
            let count = try await operations.countQueues(of: project)
            if count > 0 {
                body.append(UInt8(ascii: ","))
                JSONWriter.append(name: "count", to: &body)
                JSONWriter.append(integer: count, to: &body)
            }
        }
        body.append(UInt8(ascii: "}"))
        let reply = Reply.json(.ok, body)
        return call.version == .v1 ? reply.located(call) : reply
    }

    /// `{"queues": […]`, or `topics`.
    private static func encode(
        _ queues: [ListedQueue], of call: Call, _ space: QueuePath.Space, detailed: Bool
    ) -> [UInt8] {
        var list: [JSONValue] = []
        for queue in queues {
            let key = QueueKey(project: space.owner(call.project), name: queue.name)
            var entry: JSONObject = ["name": .string(queue.name.value), "href": .string(call.path(of: key))]
            if detailed { entry["metadata"] = .object(queue.metadata) }
            list.append(.object(entry))
        }
        var body: [UInt8] = [UInt8(ascii: "{")]
        JSONWriter.append(name: space.rawValue, to: &body)
        JSONValue.array(list).write(to: &body)
        return body
    }

    // MARK: One queue

    func createQueue(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let value = try call.body.json(limit: operations.limits.queueMetadataBytes)
        guard let metadata = value.map(\.objectValue) ?? JSONObject() else {
            throw Fault.invalidBody("The request body must be a JSON object: the queue's metadata.")
        }
        let isNew = try await operations.createQueue(queue, metadata: metadata)
        return .empty(isNew ? .created : .noContent, headers: [(.location, call.path(of: queue))])
    }

    func showQueue(_ queue: QueueKey) async throws -> Reply {
        .json(.ok, .object(try await operations.showQueue(queue)))
    }

    func queueExists(_ queue: QueueKey) async throws -> Reply {
        .empty(try await operations.queueExists(queue) ? .noContent : .notFound)
    }

    func deleteQueue(_ queue: QueueKey) async throws -> Reply {
        try await operations.deleteQueue(queue)
        return .empty(.noContent)
    }

    func updateQueue(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let patch = try await MetadataPatch.decode(call, limit: operations.limits.queueMetadataBytes)
        return .json(.ok, .object(try await operations.updateQueue(queue, patch, by: call.project)))
    }

    func showRoute(_ queue: QueueKey) async throws -> Reply {
        let (record, migration) = try await operations.showRoute(queue)
        return .json(
            .ok,
            [
                "pool": .string(record.pool), "epoch": .integer(record.epoch.value),
                "flavor": record.flavor.map { .string($0) } ?? .null, "migration": migration.map { .string(String($0)) } ?? .null,
            ])
    }

    // MARK: Its messages as a whole

    func showStats(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let stats = try await operations.queueStats(queue)
        let now = operations.clock.now()
        var messages = JSONObject()
        if queue.isTopic {
            // Nothing claims a topic's messages. A missing one has zeros all over.
            if try await !operations.queueExists(queue) { messages = ["oldest": 0, "newest": 0] }
        } else {
            messages = ["claimed": .integer(Int64(stats.claimed)), "free": .integer(Int64(stats.free))]
        }
        messages["total"] = .integer(Int64(stats.total))
        for (name, end) in [("oldest", stats.oldest), ("newest", stats.newest)] {
            guard let end else { continue }
            messages[name] = [
                "href": .string("\(call.path(of: queue))/messages/\(end.id.text)"),
                "age": .integer(Int64(now.seconds(since: end.created))),
                "created": .string(CalendarText.utc(end.created)),
            ]
        }
        return .json(.ok, ["messages": .object(messages)])
    }

    func purge(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        var types = ["messages", "subscriptions"]
        if let value = try call.body.json(limit: Limits.adminBodyBytes) {
            guard let named = try value.objectValue?.strings("resource_types") else {
                throw Fault.invalidBody("resource_types: must be an array out of messages, subscriptions.")
            }
            types = named
        }
        if let unknown = types.first(where: { $0 != "messages" && $0 != "subscriptions" }) {
            throw Fault.invalidRequest(
                "resource_types: '\(unknown.prefix(64))' is not one of messages, subscriptions.")
        }
        if types.contains("messages") { try await operations.purgeQueue(queue) }
        if types.contains("subscriptions") { try await operations.purgeSubscriptions(of: queue) }
        return .empty(.noContent)
    }
}
