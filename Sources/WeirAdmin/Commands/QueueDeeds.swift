internal import ArgumentParser
internal import WeirJSON

/// `weir queue purge`.
struct PurgeQueue: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Delete all messages of a queue that are not claimed.")

    @OptionGroup var place: QueuePlace
    @OptionGroup var confirmation: Confirmation
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        try await place.demand(server)
        try confirmation.demand("delete the messages of \(place.title)")
        try await server.send("POST", "\(place.path)/purge", ["resource_types": ["messages"]]).demand(204)
        var object = place.names
        object["purged"] = true
        output.done("the messages of \(place.title) are deleted", object)
    }
}

/// `weir queue route`.
struct ShowRoute: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "route", abstract: "Show which pool holds a queue.")

    @OptionGroup var place: QueuePlace
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        output.show(try await server.object("\(place.path)/route", with: "pool"))
    }
}
