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
        JSONWriter.append(literal: "{\"subscriptions\":[", to: &body)
        for (index, subscription) in page.items.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            subscription.append(to: &body, now: now)
        }
        JSONWriter.append(literal: "],", to: &body)
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

extension Subscription {
    /// The object that clients know it by (API section 7).
    fileprivate func append(to bytes: inout [UInt8], now: Timestamp) {
        JSONWriter.append(literal: "{\"id\":", to: &bytes)
        JSONWriter.append(string: id, to: &bytes)
        JSONWriter.append(literal: ",\"source\":", to: &bytes)
        JSONWriter.append(string: source.name.value, to: &bytes)
        JSONWriter.append(literal: ",\"subscriber\":", to: &bytes)
        JSONWriter.append(string: subscriber, to: &bytes)
        JSONWriter.append(literal: ",\"ttl\":", to: &bytes)
        JSONWriter.append(integer: ttl, to: &bytes)
        JSONWriter.append(literal: ",\"age\":", to: &bytes)
        JSONWriter.append(integer: now.seconds(since: created), to: &bytes)
        JSONWriter.append(literal: ",\"options\":", to: &bytes)
        bytes.append(contentsOf: options)
        JSONWriter.append(literal: isConfirmed ? ",\"confirmed\":true}" : ",\"confirmed\":false}", to: &bytes)
    }
}
