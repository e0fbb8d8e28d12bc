internal import ArgumentParser
internal import WeirJSON

/// `weir subscription`.
enum SubscriptionCommands: CommandFamily {
    static let noun = "subscription"
    static let abstract = "Who is told of the messages of a queue."

    static var commands: [any ParsableCommand.Type] {
        [
            ListSubscriptions.self, Show<SubscriptionPlace>.self, CreateSubscription.self, UpdateSubscription.self,
            Delete<SubscriptionPlace>.self, ListFailures.self, RedriveFailures.self,
        ]
    }
}

struct SubscriptionPlace: Place {
    static let noun = "subscription"
    static let member = "subscriber"

    @Argument(help: "Name of the queue.") var queue: String
    @Argument(help: "Id of the subscription.") var id: String

    var path: String { URLPath.of("queues", queue, "subscriptions", id) }
    var title: String { "subscription '\(id)' of queue '\(queue)'" }
    var names: JSONObject { ["queue": .string(queue), "id": .string(id)] }
}

struct ListSubscriptions: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the subscriptions of a queue.")

    @OptionGroup var place: QueuePlace
    @OptionGroup var bound: ListingBound
    @OptionGroup var options: ServerOptions

    private static let columns = [
        Column("ID", "id"), Column("SUBSCRIBER", "subscriber", width: 80), Column("AGE", "age", isNumber: true),
        Column("TTL", "ttl", isNumber: true), Column("CONFIRMED", "confirmed"),
    ]

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        try await server.list("\(place.path)/subscriptions", of: "subscriptions", bound, output, Self.columns)
    }
}

/// What a subscription is made of, as options.
struct SubscriptionTerms: ParsableArguments {
    @Option(help: "Seconds the subscription lasts (default: the server's).") var ttl: Int?
    @Option(
        name: .customLong("subscription-options"),
        help: ArgumentHelp("Options, a JSON object: post_headers, _retry_policy, secret and others.", valueName: "json"))
    var text: String?

    private static let option = "--subscription-options"

    func validate() throws {
        if let text { _ = try JSONOption.object(text, of: Self.option) }
    }

    /// The members of a request. Nothing is said of what was not given.
    var members: JSONObject {
        var members = JSONObject()
        members["ttl"] = ttl.map { .integer(Int64($0)) }
        members["options"] = text.flatMap { try? JSONOption.object($0, of: Self.option) }.map { .object($0) }
        return members
    }
}

struct CreateSubscription: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Have somebody told of each message that is posted to a queue.",
        discussion: "A subscriber is a URI: http, https or mailto.")

    @OptionGroup var place: QueuePlace
    @Argument(help: ArgumentHelp("Who is told.", valueName: "uri")) var subscriber: String
    @OptionGroup var terms: SubscriptionTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        var members = terms.members
        members["subscriber"] = .string(subscriber)
        let answer = try await server.send("POST", "\(place.path)/subscriptions", .object(members))
            .object(with: "subscription_id")
        let id = answer["subscription_id"]?.stringValue ?? ""
        let path = URLPath.of("queues", place.name, "subscriptions", id)
        output.done(
            "subscription '\(id)' of \(place.title) is created",
            try await server.object(path, with: SubscriptionPlace.member))
    }
}

struct UpdateSubscription: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a subscription's subscriber, its options, or how long it lasts from now on.")

    @OptionGroup var place: SubscriptionPlace
    @Option(help: ArgumentHelp("Who is told.", valueName: "uri")) var subscriber: String?
    @OptionGroup var terms: SubscriptionTerms
    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard subscriber != nil || terms.ttl != nil || terms.text != nil else {
            throw ValidationError("Give at least one of --subscriber, --ttl and --subscription-options.")
        }
    }

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        var members = terms.members
        members["subscriber"] = subscriber.map { .string($0) }
        _ = try await server.send("PATCH", place.path, .object(members))
        output.done("\(place.title) is changed", try await place.fetch(server))
    }
}

/// `weir subscription failures`.
struct ListFailures: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures", abstract: "List the deliveries that were given up.")

    @OptionGroup var place: SubscriptionPlace
    @OptionGroup var bound: ListingBound
    @OptionGroup var options: ServerOptions

    private static let columns = [
        Column("ID", "id"), Column("ATTEMPTS", "attempts", isNumber: true), Column("STATUS", "status", isNumber: true),
        Column("REASON", "reason", width: 60),
        Column("BODY") { Printable.cut(Printable.cell($0["message"]?.objectValue?["body"]), to: 60) },
    ]

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        try await server.list("\(place.path)/failures", of: "failures", bound, output, Self.columns)
    }
}

/// `weir subscription redrive`.
struct RedriveFailures: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive", abstract: "Deliver anew what was given up.")

    @OptionGroup var place: SubscriptionPlace
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        let answer = try await server.send("POST", "\(place.path)/failures/redrive").object(with: "redriven")
        var object = place.names
        for (name, value) in answer { object[name] = value }
        output.done("the failed deliveries of \(place.title) begin anew", object)
    }
}
