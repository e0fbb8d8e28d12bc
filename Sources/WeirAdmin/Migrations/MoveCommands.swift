internal import ArgumentParser
internal import WeirJSON

/// How queues are moved, as options.
struct MoveTerms: ParsableArguments {
    @Flag(help: "Only show what would be moved, and what stands against it.") var dryRun = false
    @Flag(help: "Follow the migration until the queue has moved.") var watch = false

    @Option(
        help: ArgumentHelp(
            "Seconds the old place is kept for a reversal (default: the server's); 0 cleans it at once.",
            valueName: "seconds"))
    var keepSource: Int?

    /// Starts migrations, and follows them if that was asked for. What is printed is an array of migrations, for a
    /// dry run the server's plan.
    func start(_ request: JSONObject, _ server: Server, _ output: Output) async throws(AdminFailure) {
        var request = request
        request["dry_run"] = .bool(dryRun)
        request["keep_source_seconds"] = keepSource.map { .integer(Int64($0)) }
        let answer = try await server.send("POST", "/v2/migrations", .object(request)).value()
        if dryRun, let plan = answer.objectValue { return output.show(plan) }
        let items = answer.arrayValue ?? answer.objectValue?["migrations"]?.arrayValue ?? []
        var migrations = items.compactMap(\.objectValue)
        if watch && !dryRun {
            migrations = try await MigrationWatch(server, isQuiet: output.isJSON).follow(migrations)
        }
        output.list(migrations, ListMigrations.columns, nothing: "nothing to move")
        if watch { try MigrationWatch.demandSuccess(migrations) }
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
