internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    func createClaim(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        var limit = try call.query.integer("limit")
        var terms = JSONObject()
        if let value = try call.body.json(limit: Limits.adminBodyBytes) {
            guard let object = value.objectValue else { throw Fault.invalidBody("The request body must be a JSON object.") }
            terms = object
        }
        if limit == nil, terms["limit"] != .null { limit = try terms.integer("limit") }
        let claim = try await operations.claimMessages(
            in: queue, ttl: try terms.integer("ttl"), grace: try terms.integer("grace"), limit: limit,
            patience: call.patience)
        guard let claim else { return Reply.empty(.noContent).appliedPreference(of: call) }
        var body: [UInt8] = [UInt8(ascii: "{")]
        encoding(call, queue).append(list: claim.messages, to: &body)
        body.append(UInt8(ascii: "}"))
        return Reply.json(.created, body, headers: [(.location, call.path(of: claim.id, in: queue))])
            .appliedPreference(of: call)
    }

    func showClaim(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        let claim = try await operations.showClaim(id, in: queue)
        var encoding = encoding(call, queue)
        encoding.showsClaims = true
        var body: [UInt8] = [UInt8(ascii: "{")]
        JSONWriter.append(name: "age", to: &body)
        JSONWriter.append(integer: encoding.now.seconds(since: claim.renewed), to: &body)
        body.append(UInt8(ascii: ","))
        JSONWriter.append(name: "ttl", to: &body)
        JSONWriter.append(integer: claim.ttl, to: &body)
        body.append(UInt8(ascii: ","))
        JSONWriter.append(name: "href", to: &body)
        JSONWriter.append(string: call.path(of: claim.id, in: queue), to: &body)
        body.append(UInt8(ascii: ","))
        encoding.append(list: claim.messages, to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }

    func renewClaim(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        let terms = try call.body.object(limit: Limits.adminBodyBytes)
        try await operations.renewClaim(
            id, ttl: try terms.integer("ttl"), grace: try terms.integer("grace"), in: queue)
        return .empty(.noContent)
    }

    func releaseClaim(_ id: String, _ queue: QueueKey) async throws -> Reply {
        try await operations.releaseClaim(id, in: queue)
        return .empty(.noContent)
    }
}

extension Call {
    func path(of claim: ClaimID, in queue: QueueKey) -> String {
        "\(path(of: queue))/claims/\(claim.text)"
    }
}
