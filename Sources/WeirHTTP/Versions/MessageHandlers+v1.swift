internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

/// Messages and claims of version 1: bare arrays, and 204 where there is nothing to show.
extension HTTPService {
    func readMessagesInV1(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let encoding = encoding(call, queue)
        if let ids = call.query.list("ids") {
            let found: [Message]
            do throws(OperationError) {
                found = try await operations.getMessages(ids, in: queue)
            } catch .notFound {
                return .empty(.noContent)
            }
            var body: [UInt8] = []
            encoding.append(array: found, to: &body)
            return Reply.json(.ok, body).located(call)
        }
        let (page, link) = try await messagePage(call, queue)
        guard !page.items.isEmpty else { return Reply.empty(.noContent).appliedPreference(of: call) }
        var body: [UInt8] = [UInt8(ascii: "{")]
        encoding.append(list: page.items, to: &body)
        body.append(UInt8(ascii: ","))
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: "}"))
        return Reply.json(.ok, body).located(call).appliedPreference(of: call)
    }

    /// The body, with both of its members, is required.
    func createClaimInV1(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let terms = try call.body.object(limit: Limits.adminBodyBytes)
        guard let ttl = try terms.integer("ttl") else { throw Fault.invalidBody("ttl: is required.") }
        guard let grace = try terms.integer("grace") else { throw Fault.invalidBody("grace: is required.") }
        let claim = try await operations.claimMessages(
            in: queue, ttl: ttl, grace: grace, limit: try call.query.integer("limit"), patience: call.patience)
        guard let claim else { return Reply.empty(.noContent).appliedPreference(of: call) }
        var body: [UInt8] = []
        var encoding = encoding(call, queue)
        encoding.showsClaims = true
        encoding.append(array: claim.messages, to: &body)
        return Reply.json(.created, body, headers: [(.location, call.path(of: claim.id, in: queue))])
            .appliedPreference(of: call)
    }

    func renewClaimInV1(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        let terms = try call.body.object(limit: Limits.adminBodyBytes)
        guard let ttl = try terms.integer("ttl") else { throw Fault.invalidBody("ttl: is required.") }
        try await operations.renewClaim(id, ttl: ttl, grace: try terms.integer("grace") ?? 0, in: queue)
        return .empty(.noContent)
    }
}
