internal import ArgumentParser
internal import WeirJSON

/// `weir flavor`.
enum FlavorCommands: CommandFamily {
    static let noun = "flavor"
    static let abstract = "Names for what queues need, and the pools that serve them."

    static var commands: [any ParsableCommand.Type] {
        [
            ListFlavors.self, Show<FlavorPlace>.self, CreateFlavor.self, UpdateFlavor.self,
            Delete<FlavorPlace>.self,
        ]
    }
}

struct FlavorPlace: Place {
    static let noun = "flavor"
    static let member = "name"

    @Argument(help: "Name of the flavor.") var name: String

    var path: String { URLPath.of("flavors", name) }
    var title: String { "flavor '\(name)'" }
    var names: JSONObject { ["name": .string(name)] }
}

struct ListFlavors: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the project's flavors, with their pools and capabilities.")

    @OptionGroup var options: ServerOptions

    private static let columns = [
        Column("NAME", "name"), Column("CAPABILITIES", "capabilities"), Column("POOLS", "pool_list"),
    ]

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        output.list(try await server.flavors(), Self.columns, nothing: "no flavors")
    }
}

extension Server {
    /// Throws if the project has no such flavor.
    func demandFlavor(_ name: String) async throws(AdminFailure) {
        _ = try await object(URLPath.of("flavors", name), with: FlavorPlace.member)
    }

    /// All flavors of the project, in detail.
    func flavors() async throws(AdminFailure) -> [JSONObject] {
        try await all("/v2/flavors?detailed=true", of: "flavors")
    }
}

/// What a flavor is made of, as options.
struct FlavorTerms: ParsableArguments {
    @Option(name: .customLong("pool"), help: "Pool that serves the flavor. Can be repeated.")
    var pools: [String] = []

    @Option(
        name: .customLong("capability"),
        help: """
            Capability that queues of the flavor need: FIFO, CLAIMS, DURABILITY, AOD, HIGH_THROUGHPUT. Can be \
            repeated.
            """)
    var capabilities: [String] = []

    func validate() throws {
        guard !pools.isEmpty || !capabilities.isEmpty else {
            throw ValidationError("Give at least one --pool or --capability.")
        }
    }

    /// The members of a request. Nothing is said of what was not given.
    var members: JSONObject {
        var members = JSONObject()
        if !pools.isEmpty { members["pool_list"] = .array(pools.map { .string($0) }) }
        if !capabilities.isEmpty { members["capabilities"] = .array(capabilities.map { .string($0.uppercased()) }) }
        return members
    }
}

struct CreateFlavor: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a flavor, or replace the one of that name.",
        discussion: "Without --pool, every pool that has the capabilities serves the flavor.")

    @OptionGroup var place: FlavorPlace
    @OptionGroup var terms: FlavorTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        _ = try await server.send("PUT", place.path, .object(terms.members))
        output.done("\(place.title) is created", try await place.fetch(server))
    }
}

struct UpdateFlavor: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Replace a flavor's pools, its capabilities, or both.")

    @OptionGroup var place: FlavorPlace
    @OptionGroup var terms: FlavorTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let flavor = try await server.send("PATCH", place.path, .object(terms.members)).object(with: FlavorPlace.member)
        output.done("\(place.title) is changed", flavor)
    }
}
