internal import ArgumentParser
internal import WeirJSON

/// One thing of the API, as the arguments of a command name it.
protocol Place: ParsableArguments {
    /// What it is: `pool`.
    static var noun: String { get }

    /// A member that all answers about one have.
    static var member: String { get }

    /// Its path in the API.
    var path: String { get }

    /// For people: `pool 'a'`.
    var title: String { get }

    /// What identifies it, for programs.
    var names: JSONObject { get }

    /// The request that deletes it.
    var deletion: String { get }

    /// What the API says of it. Throws if it does not exist.
    func fetch(_ server: Server) async throws(AdminFailure) -> JSONObject

    /// Throws if it does not exist.
    func demand(_ server: Server) async throws(AdminFailure)
}

extension Place {
    var deletion: String { path }

    func demand(_ server: Server) async throws(AdminFailure) {
        _ = try await fetch(server)
    }

    func fetch(_ server: Server) async throws(AdminFailure) -> JSONObject {
        try await server.object(path, with: Self.member)
    }
}

/// `weir … show`.
struct Show<P: Place>: AdminCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "Show one \(P.noun).")
    }

    @OptionGroup var place: P
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        output.show(try await place.fetch(server))
    }
}

/// `weir … delete`. The API deletes what does not exist without a word, so it is looked for first.
struct Delete<P: Place>: AdminCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "delete", abstract: "Delete one \(P.noun).")
    }

    @OptionGroup var place: P
    @OptionGroup var confirmation: Confirmation
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        try confirmation.demand("delete \(place.title)")
        try await server.send("DELETE", place.deletion).demand(204)
        var object = place.names
        object["deleted"] = true
        output.done("\(place.title) is deleted", object)
    }
}
