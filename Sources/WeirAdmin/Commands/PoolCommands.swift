internal import ArgumentParser
package import WeirJSON

/// `weir pool`.
enum PoolCommands: CommandFamily {
    static let noun = "pool"
    static let abstract = "The stores that queues live in."

    static var commands: [any ParsableCommand.Type] {
        [
            ListPools.self, Show<PoolPlace>.self, CreatePool.self, UpdatePool.self, Delete<PoolPlace>.self,
            Perform<ProbePool>.self, DrainPool.self, RebalancePools.self,
        ]
    }
}

struct PoolPlace: Place {
    static let noun = "pool"
    static let member = "name"

    @Argument(help: "Name of the pool.") var name: String

    var path: String { URLPath.of("pools", name) }
    var title: String { "pool '\(name)'" }
    var names: JSONObject { ["name": .string(name)] }

    func fetch(_ server: Server) async throws(AdminFailure) -> JSONObject {
        try await server.object(path + "?detailed=true", with: Self.member)
    }
}

enum ProbePool: Act {
    typealias Target = PoolPlace
    static let verb = "probe"
    static let abstract = "Look at the live pool now, and show what it can do."
}

struct ListPools: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the pools, with the share of queues each wants and holds.",
        discussion: """
            SHARE WANTED is the pool's part of all weights, SHARE HELD its part of all queues. A pool that drains \
            wants none.
            """)

    @OptionGroup var options: ServerOptions

    private static let columns = [
        Column("NAME", "name"), Column("DRIVER", "driver"), Column("URI", "uri", width: 60),
        Column("WEIGHT", "weight", isNumber: true), Column("FLAVOR", "flavor"), Column("STATE", "state"),
        Column("QUEUES", "queues", isNumber: true), Column.share("SHARE WANTED", "share_wanted"),
        Column.share("SHARE HELD", "share_held"),
    ]

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        output.list(PoolShares.added(to: try await server.pools()), Self.columns, nothing: "no pools")
    }
}

extension Server {
    /// Throws if there is no such pool.
    func demandPool(_ name: String) async throws(AdminFailure) {
        _ = try await object(URLPath.of("pools", name), with: PoolPlace.member)
    }

    /// All pools, in detail. One that is deleted meanwhile is left out.
    package func pools() async throws(AdminFailure) -> [JSONObject] {
        var pools: [JSONObject] = []
        for pool in try await all("/v2/pools", of: "pools") {
            let path = URLPath.of("pools", pool["name"]?.stringValue ?? "") + "?detailed=true"
            let answer = try await send("GET", path, accepts: [404])
            if answer.http.status != 404 { pools.append(try answer.object(with: PoolPlace.member)) }
        }
        return pools
    }
}

/// What a pool is made of, as options.
struct PoolTerms: ParsableArguments {
    @Option(help: "Flavor that the pool belongs to; '' for none.") var flavor: String?

    @Option(
        name: .customLong("option"),
        help: ArgumentHelp(
            "Option of the driver, KEY=VALUE; the value may be JSON. Can be repeated.", valueName: "k=v"))
    var settings: [String] = []

    func validate() throws {
        for setting in settings where !setting.contains("=") || setting.hasPrefix("=") {
            throw ValidationError("--option '\(setting)' must be KEY=VALUE.")
        }
    }

    /// The members of a request. Nothing is said of options that were not given.
    func members(uri: String?, weight: Int?) -> JSONObject {
        var members = JSONObject()
        members["uri"] = uri.map { .string($0) }
        members["weight"] = weight.map { .integer(Int64($0)) }
        members["flavor"] = flavor.map { .string($0) }
        if !settings.isEmpty { members["options"] = .object(JSONObject(settings.map(Self.option))) }
        return members
    }

    private static func option(_ setting: String) -> (String, JSONValue) {
        let key = setting.prefix { $0 != "=" }
        let text = String(setting.dropFirst(key.count + 1))
        return (String(key), (try? JSONValue.parse(text.utf8, topLevel: .anything)) ?? .string(text))
    }
}

struct CreatePool: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Register a pool, or replace the one of that name.")

    @OptionGroup var place: PoolPlace
    @Option(help: "Where the store is: sqlite:NAME, redis://…, mongodb://….") var uri: String
    @Option(help: "Share of new queues, relative to the other pools' weights; 0 takes none.") var weight: Int
    @OptionGroup var terms: PoolTerms
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        _ = try await server.send("PUT", place.path, .object(terms.members(uri: uri, weight: weight)))
        output.done("\(place.title) is registered", try await place.fetch(server))
    }
}

struct UpdatePool: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change what is named of a pool; --option replaces all its options.")

    @OptionGroup var place: PoolPlace
    @Option(help: "New URI; a password written *** stays as it is.") var uri: String?
    @Option(help: "New weight; 0 takes no new queues.") var weight: Int?
    @Option(help: "open takes a drain back; draining takes no new queues.") var state: WantedState?
    @OptionGroup var terms: PoolTerms
    @OptionGroup var options: ServerOptions

    enum WantedState: String, ExpressibleByArgument, CaseIterable {
        case open, draining
    }

    private var members: JSONObject {
        var members = terms.members(uri: uri, weight: weight)
        members["state"] = state.map { .string($0.rawValue) }
        return members
    }

    func validate() throws {
        guard !members.isEmpty else {
            throw ValidationError("Give at least one of --uri, --weight, --state, --flavor and --option.")
        }
    }

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        _ = try await server.send("PATCH", place.path, .object(members))
        output.done("\(place.title) is changed", try await place.fetch(server))
    }
}
