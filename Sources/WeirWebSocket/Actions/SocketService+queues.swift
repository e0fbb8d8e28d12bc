internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension SocketService {
    func createQueue(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let metadata = try call.body.object("metadata") ?? JSONObject()
        let isNew = try await operations.createQueue(queue, metadata: metadata)
        return SocketReply(isNew ? 201 : 204, .string("Queue \(queue.name.value) created."))
    }

    func listQueues(_ call: SocketCall) async throws -> SocketReply {
        var listing = QueueListing()
        listing.marker = try call.body.string("marker") ?? ""
        listing.limit = try call.body.integer("limit")
        listing.showsDefaults = false
        let detailed = try call.body.boolean("detailed") ?? false
        let page = try await operations.listQueues(of: call.project, listing)
        let queues: [JSONValue] = page.items.map { queue in
            var entry: JSONObject = ["name": .string(queue.name.value)]
            if detailed { entry["metadata"] = .object(queue.metadata) }
            return .object(entry)
        }
        return SocketReply(200, ["queues": .array(queues)])
    }

    func getQueue(_ call: SocketCall) async throws -> SocketReply {
        SocketReply(200, .object(try await operations.plainMetadata(try call.queue()) ?? JSONObject()))
    }

    func deleteQueue(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        try await operations.deleteQueue(queue)
        return SocketReply(204, .string("Queue \(queue.name.value) removed."))
    }

    func queueStats(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let stats = try await operations.queueStats(queue)
        let exists = stats.total > 0 ? true : try await operations.queueExists(queue)
        let now = operations.clock.now()
        var messages: JSONObject = [
            "claimed": .integer(Int64(stats.claimed)), "free": .integer(Int64(stats.free)),
            "total": .integer(Int64(stats.total)),
        ]
        for (name, end) in [("oldest", stats.oldest), ("newest", stats.newest)] {
            guard let end else { continue }
            messages[name] = [
                "id": .string(end.id.text), "age": .integer(Int64(now.seconds(since: end.created))),
                "created": .string(CivilTime(end.created).text + "Z"),
            ]
        }
        return SocketReply(exists ? 200 : 404, ["messages": .object(messages)])
    }

    func purgeQueue(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let types = try call.body.strings("resource_types") ?? ["messages", "subscriptions"]
        if let unknown = types.first(where: { $0 != "messages" && $0 != "subscriptions" }) {
            throw SocketFault.invalid("resource_types: '\(unknown.prefix(64))' is not one of messages, subscriptions.")
        }
        if types.contains("messages") { try await operations.purgeQueue(queue) }
        if types.contains("subscriptions") {
            try await operations.purgeSubscriptions(of: queue)
            call.connection.subscriptions.forgetAll(of: queue, on: call.connection)
        }
        return SocketReply(204, [:])
    }
}
