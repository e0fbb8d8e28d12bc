internal import ArgumentParser
internal import WeirJSON

/// `weir claim`.
enum ClaimCommands: CommandFamily {
    static let noun = "claim"
    static let abstract = "Claims: temporary holds of messages."

    static var commands: [any ParsableCommand.Type] {
        [
            CreateClaim.self, Show<ClaimPlace>.self, UpdateClaim.self, Delete<ClaimPlace>.self,
        ]
    }
}

struct ClaimPlace: Place {
    static let noun = "claim"
    static let member = "messages"

    @Argument(help: "Name of the queue.") var queue: String
    @Argument(help: "Id of the claim.") var id: String

    var path: String { URLPath.of("queues", queue, "claims", id) }
    var title: String { "claim '\(id)' of queue '\(queue)'" }
    var names: JSONObject { ["queue": .string(queue), "id": .string(id)] }
}

/// How long a claim lasts, as options.
struct ClaimTerms: ParsableArguments {
    @Option(help: "Seconds the claim lasts (default: the server's).") var ttl: Int?
    @Option(help: "Seconds that claimed messages outlive it at least (default: the server's).") var grace: Int?

    /// The members of a request.
    var members: JSONObject {
        var members = JSONObject()
        members["ttl"] = ttl.map { .integer(Int64($0)) }
        members["grace"] = grace.map { .integer(Int64($0)) }
        return members
    }
}

struct CreateClaim: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Claim messages of a queue, the oldest first.")

    @OptionGroup var place: QueuePlace
    @Option(help: "At most so many messages (default: the server's).") var limit: Int?
    @OptionGroup var terms: ClaimTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        let path = URLPath.with("\(place.path)/claims", [("limit", limit.map { String($0) })])
        let answer = try await server.send("POST", path, .object(terms.members))
        try answer.demand(201, 204)
        guard answer.http.status == 201 else {
            return output.done("nothing to claim", ["id": .null, "messages": []])
        }
        guard let href = answer.http.header("Location") else { throw .strangeAnswer("does not say where the claim is") }
        var claim: JSONObject = ["id": .string(Reference.last(href)), "href": .string(href)]
        for (name, value) in try answer.object() { claim[name] = value }
        let messages = try claim.items("messages")
        output.done("claim '\(Reference.last(href))' holds:", claim)
        if !output.isJSON { output.list(messages, MessagePlace.columns, nothing: "no messages") }
    }
}

struct UpdateClaim: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Renew a claim: it lasts its ttl from now on.")

    @OptionGroup var place: ClaimPlace
    @OptionGroup var terms: ClaimTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await server.send("PATCH", place.path, .object(terms.members)).demand(204)
        output.done("\(place.title) is renewed", try await place.fetch(server))
    }
}
