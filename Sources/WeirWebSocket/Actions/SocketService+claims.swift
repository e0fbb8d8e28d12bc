internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension SocketService {
    /// Where nothing is free, the answer still names a claim, as clients expect: one that does not exist.
    func createClaim(_ call: SocketCall) async throws -> SocketReply {
        let body = call.body
        let claim = try await operations.claimMessages(
            in: try call.queue(), ttl: try body.integer("ttl"), grace: try body.integer("grace"),
            limit: try body.integer("limit"))
        guard let claim else {
            var generator = Entropy()
            return SocketReply(204, ["claim_id": .string(ClaimID.mint(using: &generator).text)])
        }
        var text: [UInt8] = []
        JSONWriter.append(literal: "{\"claim_id\":", to: &text)
        JSONWriter.append(string: claim.id.text, to: &text)
        append(claim.messages, to: &text)
        return SocketReply(201, text)
    }

    func getClaim(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let claim = try await operations.showClaim(try call.body.demandString("claim_id"), in: queue)
        var text: [UInt8] = []
        JSONWriter.append(literal: "{\"age\":", to: &text)
        JSONWriter.append(integer: operations.clock.now().seconds(since: claim.renewed), to: &text)
        JSONWriter.append(literal: ",\"ttl\":", to: &text)
        JSONWriter.append(integer: claim.ttl, to: &text)
        append(claim.messages, to: &text)
        return SocketReply(200, text)
    }

    /// The last member of a claim, and its end.
    private func append(_ messages: [Message], to text: inout [UInt8]) {
        JSONWriter.append(literal: ",\"messages\":", to: &text)
        SocketMessageText(now: operations.clock.now()).append(list: messages, showsClaim: true, to: &text)
        text.append(UInt8(ascii: "}"))
    }

    func updateClaim(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let id = try call.body.demandString("claim_id")
        try await operations.renewClaim(
            id, ttl: try call.body.integer("ttl"), grace: try call.body.integer("grace"), in: queue)
        return SocketReply(204, .string("Claim \(id) updated."))
    }

    func deleteClaim(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let id = try call.body.demandString("claim_id")
        try await operations.releaseClaim(id, in: queue)
        return SocketReply(204, .string("Claim \(id) deleted."))
    }
}
