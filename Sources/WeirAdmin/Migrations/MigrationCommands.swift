internal import ArgumentParser
internal import WeirJSON

/// `weir migration`.
enum MigrationCommands: CommandFamily {
    static let noun = "migration"
    static let abstract = "Moves of queues from one pool to another."

    static var commands: [any ParsableCommand.Type] {
        [
            ListMigrations.self, Show<MigrationPlace>.self, WatchMigration.self, Perform<PauseMigration>.self,
            Perform<ResumeMigration>.self, Perform<CancelMigration>.self, Perform<CutOverMigration>.self,
            Perform<ReverseMigration>.self, Perform<FinishMigration>.self, ThrottleMigration.self,
        ]
    }
}

struct MigrationPlace: Place {
    static let noun = "migration"
    static let member = "state"

    @Argument(help: "Id of the migration.") var id: String

    var path: String { URLPath.of("migrations", id) }
    var title: String { "migration '\(id)'" }
    var names: JSONObject { ["id": .string(id)] }
}

enum PauseMigration: Act {
    typealias Target = MigrationPlace
    static let verb = "pause"
    static let abstract = "Stop copying for now; the queue is served from where it is."
}

enum ResumeMigration: Act {
    typealias Target = MigrationPlace
    static let verb = "resume"
    static let abstract = "Go on with a migration that was paused."
}

enum CancelMigration: Act {
    typealias Target = MigrationPlace
    static let verb = "cancel"
    static let abstract = "Give a migration up before its cutover; the queue stays where it is."
}

enum CutOverMigration: Act {
    typealias Target = MigrationPlace
    static let verb = "cutover"
    static let abstract = "Let the new pool take over now."
}

enum ReverseMigration: Act {
    typealias Target = MigrationPlace
    static let verb = "reverse"
    static let abstract = "Bring the queue back to the pool it came from."
}

enum FinishMigration: Act {
    typealias Target = MigrationPlace
    static let verb = "finish"
    static let abstract = "Remove what the old pool keeps for a way back, now."
}

struct ListMigrations: AdminCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List migrations.")

    @Option(help: "Only those in this state.") var state: String?
    @Option(help: "Only those of this queue.") var queue: String?
    @Option(help: "Only those from or to this pool.") var pool: String?
    @OptionGroup var bound: ListingBound
    @OptionGroup var options: ServerOptions

    static let columns = [
        Column("ID", "id"), Column("QUEUE", "queue"), Column("FROM", "from"), Column("TO", "to"),
        Column("STATE", "state"), Column("COPIED", "copied", isNumber: true),
        Column("TOTAL", "total", isNumber: true), Column("ERROR", "error", width: 60),
    ]

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let path = URLPath.with("/v2/migrations", [("state", state), ("queue", queue), ("pool", pool)])
        try await server.list(path, of: "migrations", bound, output, Self.columns)
    }
}

struct WatchMigration: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow a migration until the queue has moved, or will not.")

    @OptionGroup var place: MigrationPlace
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let ended = try await MigrationWatch(server, isQuiet: output.isJSON).follow([try await place.fetch(server)])
        if let migration = ended.first { output.show(migration) }
        try MigrationWatch.demandSuccess(ended)
    }
}

/// `weir migration throttle`.
struct ThrottleMigration: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "throttle", abstract: "Bound how fast a migration copies, on top of the bounds of its pools.")

    @OptionGroup var place: MigrationPlace
    @OptionGroup var bounds: CopyBounds
    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !bounds.members.isEmpty else { throw ValidationError("Give at least one of --messages and --bytes.") }
    }

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let answer = try await server.send("POST", "\(place.path)/throttle", .object(bounds.members))
        output.show(try answer.object(with: MigrationPlace.member))
    }
}
