internal import ArgumentParser
internal import WeirJSON

/// `weir message`.
enum MessageCommands: CommandFamily {
    static let noun = "message"
    static let abstract = "The messages of a queue."

    static var commands: [any ParsableCommand.Type] {
        [
            ListMessages.self, Show<MessagePlace>.self, PostMessages.self, Delete<HeldMessagePlace>.self,
        ]
    }
}

struct MessagePlace: Place {
    static let noun = "message"
    static let member = "body"

    @Argument(help: "Name of the queue.") var queue: String
    @Argument(help: "Id of the message.") var id: String

    var path: String { URLPath.of("queues", queue, "messages", id) }
    var title: String { "message '\(id)' of queue '\(queue)'" }
    var names: JSONObject { ["queue": .string(queue), "id": .string(id)] }

    static let columns = [
        Column("ID", "id"), Column("AGE", "age", isNumber: true), Column("TTL", "ttl", isNumber: true),
        Column("BODY", "body", width: 80),
    ]
}

/// A message, and the claim that may hold it: its deletion has to name it.
struct HeldMessagePlace: Place {
    static let noun = "message"
    static let member = MessagePlace.member

    @OptionGroup var message: MessagePlace
    @Option(help: ArgumentHelp("Claim that holds the message, if one does.", valueName: "id")) var claim: String?

    var path: String { message.path }
    var title: String { message.title }
    var names: JSONObject { message.names }
    var deletion: String { URLPath.with(path, [("claim_id", claim)]) }
}

struct ListMessages: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the messages of a queue, oldest first.",
        discussion: "Claimed and delayed messages are listed too. Reading takes nothing out of the queue.")

    @OptionGroup var place: QueuePlace
    @OptionGroup var bound: ListingBound
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        let path = URLPath.with(
            "\(place.path)/messages",
            [("echo", "true"), ("include_claimed", "true"), ("include_delayed", "true")])
        try await server.list(path, of: "messages", bound, output, MessagePlace.columns)
    }
}

struct PostMessages: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "post", abstract: "Post messages, in this order.",
        discussion: """
            A body is any JSON value: '{"a": 1}', '"text"', 5. Before one that begins with a dash, write --.
            """,
        aliases: ["create"])

    @OptionGroup var place: QueuePlace
    @Argument(help: ArgumentHelp("Body of a message, as JSON.", valueName: "json")) var bodies: [String]
    @Option(help: "Seconds the messages live (default: the queue's).") var ttl: Int?
    @Option(help: "Seconds until they can be read, in a queue with a delay.") var delay: Int?
    @OptionGroup var options: ServerOptions

    func validate() throws {
        for body in bodies {
            do throws(JSONFault) {
                _ = try JSONValue.parse(body.utf8, topLevel: .anything)
            } catch {
                throw ValidationError("'\(body.prefix(40))' is not JSON: \(error.description)")
            }
        }
    }

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let messages = bodies.compactMap { try? JSONValue.parse($0.utf8, topLevel: .anything) }.map { body in
            var message: JSONObject = ["body": body]
            message["ttl"] = ttl.map { .integer(Int64($0)) }
            message["delay"] = delay.map { .integer(Int64($0)) }
            return JSONValue.object(message)
        }
        var answer = try await server.send("POST", "\(place.path)/messages", ["messages": .array(messages)])
            .object(with: "resources")
        let ids = (answer["resources"]?.arrayValue ?? []).compactMap(\.stringValue).map(Reference.last)
        guard ids.count == bodies.count else { throw .strangeAnswer("has \(ids.count) ids for \(bodies.count) messages") }
        answer["ids"] = .array(ids.map { .string($0) })
        output.done(ids.joined(separator: " "), answer)
    }
}

/// References that answers carry.
enum Reference {
    /// The last segment of a path: an id.
    static func last(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }
}
