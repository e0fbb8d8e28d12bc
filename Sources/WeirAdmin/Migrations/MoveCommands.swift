internal import ArgumentParser
internal import WeirJSON

/// How queues are moved, as options.
struct MoveTerms: ParsableArguments {
    @Flag(help: "Only show what would be moved, and what stands against it.") var dryRun = false
    @Flag(help: "Follow the migrations until the queues have moved.") var watch = false
    @Flag(help: "Do not cut over before 'weir migration cutover' says so.") var postpone = false

    @Option(
        help: ArgumentHelp(
            "Seconds the old place is kept for a reversal (default: 900 for one queue, otherwise 0); 0 cleans it at once.",
            valueName: "seconds"))
    var keepSource: Int?

    @OptionGroup var bounds: CopyBounds

    func validate() throws {
        guard !(watch && postpone) else {
            throw ValidationError("--watch would wait for a cutover that --postpone keeps from coming.")
        }
    }

    /// Starts migrations, and follows them if that was asked for. What is printed is an array of migrations, for a
    /// dry run the server's plan. What cannot be moved goes to standard error, and the command fails.
    func start(_ request: JSONObject, _ server: Server, _ output: Output) async throws(AdminFailure) {
        var request = request
        request["dry_run"] = .bool(dryRun)
        request["keep_source_seconds"] = keepSource.map { .integer(Int64($0)) }
        if postpone { request["postpone"] = true }
        for (name, bound) in bounds.members where bound != .null { request[name] = bound }
        let answer = try await server.send("POST", "/v2/migrations", .object(request))
            .object(with: dryRun ? "plan" : "migrations")
        if dryRun { return MovePlan(answer).show(output) }
        var migrations = try answer.items("migrations")
        if watch {
            migrations = try await MigrationWatch(server, isQuiet: output.isJSON).follow(migrations)
        }
        output.list(migrations, ListMigrations.columns, nothing: "nothing to move")
        if watch { try MigrationWatch.demandSuccess(migrations) }
        try MovePlan(answer).demandNoRefusal()
    }
}

/// Bounds for the copying of one migration, as options.
struct CopyBounds: ParsableArguments {
    @Option(help: ArgumentHelp("Messages to copy in a second at the most; 0 for no bound.", valueName: "number"))
    var messages: Int?

    @Option(help: ArgumentHelp("Bytes to copy in a second at the most; 0 for no bound.", valueName: "number"))
    var bytes: Int?

    /// The members of a request. Nothing is said of bounds that were not given.
    var members: JSONObject {
        var members = JSONObject()
        members["messages_per_second"] = Self.bound(messages)
        members["bytes_per_second"] = Self.bound(bytes)
        return members
    }

    private static func bound(_ number: Int?) -> JSONValue? {
        number.map { $0 == 0 ? .null : .integer(Int64($0)) }
    }
}

/// `weir queue move`.
struct MoveQueue: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a queue to another pool while it is in use.")

    @OptionGroup var place: QueuePlace
    @Option(help: ArgumentHelp("Pool to move it to.", valueName: "pool")) var to: String
    @OptionGroup var terms: MoveTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        try await server.demandPool(to)
        try await terms.start(["queue": .string(place.name), "to": .string(to)], server, output)
    }
}

/// `weir pool drain`.
struct DrainPool: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Move all queues of a pool to others; it takes no new ones.")

    @OptionGroup var place: PoolPlace
    @OptionGroup var terms: MoveTerms
    @OptionGroup var confirmation: Confirmation
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        if !terms.dryRun { try confirmation.demand("drain \(place.title)") }
        try await terms.start(["from": .string(place.name)], server, output)
    }
}

/// `weir pool rebalance`.
struct RebalancePools: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebalance",
        abstract: "Move queues until each pool of a flavor, or each without one, holds the share that its weight says.")

    @Option(help: "Flavor of the pools (default: those without one).") var flavor: String?
    @OptionGroup var terms: MoveTerms
    @OptionGroup var confirmation: Confirmation
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        if let flavor { try await server.demandFlavor(flavor) }
        let pools = flavor.map { "the pools of flavor '\($0)'" } ?? "the pools without a flavor"
        if !terms.dryRun { try confirmation.demand("rebalance \(pools)") }
        try await terms.start(["rebalance": flavor.map { .string($0) } ?? .null], server, output)
    }
}
