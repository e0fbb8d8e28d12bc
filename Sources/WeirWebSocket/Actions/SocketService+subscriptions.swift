internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension SocketService {
    /// Without a subscriber it is the connection that subscribes.
    func createSubscription(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        _ = try call.body.string("subscriber")
        _ = try call.body.integer("ttl")
        _ = try call.body.object("options")
        var request = JSONObject()
        for name in ["subscriber", "ttl", "options"] { request[name] = try call.body.value(name) }
        let id: String
        do {
            id =
                request["subscriber"] == nil
                ? try await call.connection.subscriptions.add(queue, request, call, self)
                : try await operations.subscribe(request, to: queue, isRepeatable: false)
        } catch OperationError.conflict {
            return SocketReply(409, .string("Subscription to \(queue.name.value) could not be created: there is one already."))
        }
        return SocketReply(
            201,
            ["subscription_id": .string(id), "message": .string("Subscription to \(queue.name.value) created.")])
    }

    func listSubscriptions(_ call: SocketCall) async throws -> SocketReply {
        let page = try await operations.listSubscriptions(
            of: try call.queue(), after: try call.body.string("marker") ?? "", limit: try call.body.integer("limit"))
        let now = operations.clock.now()
        var body: [UInt8] = []
        JSONWriter.append(literal: "{\"subscriptions\":", to: &body)
        JSONWriter.append(array: page.items.count, to: &body) { page.items[$0].append(to: &$1, now: now) }
        body.append(UInt8(ascii: "}"))
        return SocketReply(200, body)
    }

    func getSubscription(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let subscription = try await operations.showSubscription(
            try call.body.demandString("subscription_id"), of: queue)
        var body: [UInt8] = []
        subscription.append(to: &body, now: operations.clock.now())
        return SocketReply(200, body)
    }

    func deleteSubscription(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let id = try call.body.demandString("subscription_id")
        try await operations.deleteSubscription(id, of: queue)
        call.connection.subscriptions.forget(id, of: queue, on: call.connection)
        return SocketReply(204, .string("Subscription \(id) removed."))
    }
}
