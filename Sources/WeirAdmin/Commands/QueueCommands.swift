internal import ArgumentParser
internal import WeirJSON

/// `weir queue`.
enum QueueCommands: CommandFamily {
    static let noun = "queue"
    static let abstract = "The queues of a project."

    static var commands: [any ParsableCommand.Type] {
        [
            ListQueues.self, Show<QueuePlace>.self, CreateQueue.self, UpdateQueue.self, Delete<QueuePlace>.self,
            PurgeQueue.self, ShowRoute.self, MoveQueue.self, SignQueue.self,
        ]
    }
}

struct QueuePlace: Place {
    static let noun = "queue"
    static let member = "name"

    @Argument(help: "Name of the queue.") var name: String

    var path: String { URLPath.of("queues", name) }
    var title: String { "queue '\(name)'" }
    var names: JSONObject { ["name": .string(name)] }

    /// Metadata and how many messages there are. The API shows defaults for a queue that does not exist.
    func fetch(_ server: Server) async throws(AdminFailure) -> JSONObject {
        try await demand(server)
        let metadata = try await server.send("GET", path).object()
        let stats = try await server.object(path + "/stats", with: "messages")
        return [
            "name": .string(name), "href": .string(path), "metadata": .object(metadata),
            "messages": stats["messages"] ?? .null,
        ]
    }

    func demand(_ server: Server) async throws(AdminFailure) {
        let answer = try await server.send("HEAD", path, accepts: [400, 404])
        // A refusal of HEAD has no words; that of GET says what is wrong.
        if answer.http.status == 400 { _ = try await server.send("GET", path) }
        try answer.demand(204, 404)
        if answer.http.status == 404 { throw .notFound("queue '\(name)' does not exist") }
    }
}

struct ListQueues: AdminCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the project's queues.")

    @Option(help: "Only queues with this in their name.") var name: String?
    @OptionGroup var bound: ListingBound
    @OptionGroup var options: ServerOptions

    private static let columns = [
        Column("NAME", "name"),
        Column("FLAVOR") { Printable.cell($0["metadata"]?.objectValue?["_flavor"]) },
        Column("METADATA") { queue in
            // The reserved members are mostly the defaults; `show` has them.
            let own = (queue["metadata"]?.objectValue ?? JSONObject()).filter { !$0.name.hasPrefix("_") }
            return own.isEmpty ? "-" : Printable.cut(Printable.cell(.object(JSONObject(own.map { ($0, $1) }))), to: 100)
        },
    ]

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let path = URLPath.with("/v2/queues", [("detailed", "true"), ("name", name)])
        try await server.list(path, of: "queues", bound, output, Self.columns)
    }
}

struct CreateQueue: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a queue. One that exists is left as it is.")

    @OptionGroup var place: QueuePlace
    @OptionGroup var terms: QueueTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let answer = try await terms.accepted(server) { () async throws(AdminFailure) in
            try await server.send("PUT", place.path, .object(terms.members))
        }
        try answer.demand(201, 204)
        let isNew = answer.http.status == 201
        let sentence = isNew ? "\(place.title) is created" : "\(place.title) exists already and is left as it is"
        output.done(sentence, try await place.fetch(server))
    }
}

struct UpdateQueue: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Set or remove members of a queue's metadata; the others stay.")

    @OptionGroup var place: QueuePlace
    @OptionGroup var terms: QueueTerms
    @Option(help: ArgumentHelp("Member to remove. Can be repeated.", valueName: "key")) var remove: [String] = []
    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard terms.flavor != nil || terms.metadata != nil || !remove.isEmpty else {
            throw ValidationError("Give at least one of --flavor, --metadata and --remove.")
        }
    }

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        var steps: [JSONValue] = []
        for (key, value) in terms.members {
            steps.append(["op": "add", "path": .string(Self.pointer(key)), "value": value])
        }
        for key in remove { steps.append(["op": "remove", "path": .string(Self.pointer(key))]) }
        _ = try await terms.accepted(server) { () async throws(AdminFailure) in
            try await server.send(
                "PATCH", place.path, .array(steps), type: "application/openstack-messaging-v2.0-json-patch")
        }
        output.done("\(place.title) is changed", try await place.fetch(server))
    }

    private static func pointer(_ key: String) -> String {
        let escaped = key.unicodeScalars.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }
        return "/metadata/" + escaped.joined()
    }
}

/// What a queue is made of, as options.
struct QueueTerms: ParsableArguments {
    @Option(help: "Flavor of the queue.") var flavor: String?
    @Option(help: ArgumentHelp("Metadata, a JSON object.", valueName: "json")) var metadata: String?

    func validate() throws {
        if let metadata { _ = try JSONOption.object(metadata, of: "--metadata") }
    }

    /// The metadata, with the flavor.
    var members: JSONObject {
        var members = metadata.flatMap { try? JSONOption.object($0, of: "--metadata") } ?? JSONObject()
        members["_flavor"] = flavor.map { .string($0) } ?? members["_flavor"]
        return members
    }

    /// What the server answers to these terms. If it refuses them and there is no such flavor, that is the failure: it
    /// is looked for only then, since flavors are shown to operators and queues are made by anybody.
    func accepted(
        _ server: Server, _ request: () async throws(AdminFailure) -> Answer
    ) async throws(AdminFailure) -> Answer {
        do throws(AdminFailure) {
            return try await request()
        } catch {
            guard let flavor = members["_flavor"]?.stringValue else { throw error }
            do throws(AdminFailure) {
                try await server.demandFlavor(flavor)
            } catch let missing where missing.status == 3 {
                throw missing
            } catch {}
            throw error
        }
    }
}
