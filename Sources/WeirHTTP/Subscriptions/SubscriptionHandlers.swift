internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    func listSubscriptions(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let limit = try call.query.integer("limit")
        let page = try await operations.listSubscriptions(
            of: queue, after: call.query.text("marker") ?? "", limit: limit)
        var link = PageLink(path: call.target.path)
        link.marker(in: call.query)
        link.add("limit", limit)
        let now = operations.clock.now()
        var body: [UInt8] = []
        JSONWriter.append(literal: "{\"subscriptions\":", to: &body)
        JSONWriter.append(array: page.items.count, to: &body) { page.items[$0].append(to: &$1, now: now) }
        body.append(UInt8(ascii: ","))
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }

    func createSubscription(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let request = try call.body.object(limit: Limits.adminBodyBytes)
        let location = [(HTTPField.Name.location, "\(call.path(of: queue))/subscriptions")]
        do throws(OperationError) {
            let id = try await operations.subscribe(request, to: queue)
            return .json(.created, ["subscription_id": .string(id)], headers: location)
        } catch {
            guard case .conflict = error else { throw error }
            var fault = Fault(error)
            fault.headers += location
            throw fault
        }
    }

    func showSubscription(_ id: String, _ queue: QueueKey) async throws -> Reply {
        let subscription = try await operations.showSubscription(id, of: queue)
        var body: [UInt8] = []
        subscription.append(to: &body, now: operations.clock.now())
        return .json(.ok, body)
    }

    func updateSubscription(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        guard let value = try call.body.json(limit: Limits.adminBodyBytes) else {
            throw Fault.invalidRequest("A request body is required: a JSON object.")
        }
        guard let request = value.objectValue else { throw Fault.invalidBody("The request body must be a JSON object.") }
        try await operations.updateSubscription(id, of: queue, request)
        return .empty(.noContent, headers: [(.location, call.target.path)])
    }

    func deleteSubscription(_ id: String, _ queue: QueueKey) async throws -> Reply {
        try await operations.deleteSubscription(id, of: queue)
        return .empty(.noContent)
    }

    func confirmSubscription(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        let request = try call.body.object(limit: Limits.adminBodyBytes)
        guard let isConfirmed = request["confirmed"]?.boolValue else {
            throw Fault(
                .badRequest, "Unable to confirm subscription", "confirmed: is required, and must be true or false.")
        }
        try await operations.confirmSubscription(id, of: queue, isConfirmed)
        return .empty(.noContent, headers: [(.location, call.target.path)])
    }
}
