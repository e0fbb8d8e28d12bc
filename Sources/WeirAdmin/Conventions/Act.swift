internal import ArgumentParser
internal import WeirJSON

/// Something that a thing of the API can be told to do: a POST below its path.
protocol Act {
    associatedtype Target: Place

    /// The verb, both of the command and of the path.
    static var verb: String { get }

    /// One line for the help.
    static var abstract: String { get }
}

/// `weir … VERB`: does it, and shows the thing as it then is.
struct Perform<A: Act>: AdminCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: A.verb, abstract: A.abstract)
    }

    @OptionGroup var place: A.Target
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        output.show(try await server.send("POST", "\(place.path)/\(A.verb)").object(with: A.Target.member))
    }
}
