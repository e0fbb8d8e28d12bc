internal import ArgumentParser

/// A command that talks to a server. Every one has the options of `ServerOptions`, prints through `Output` and ends
/// with 0 if it did what it was asked, 1 if that was refused or failed, 2 for bad usage, 3 if the named thing does
/// not exist.
protocol AdminCommand: AsyncParsableCommand {
    var options: ServerOptions { get }

    /// How long one answer of the server may take.
    static var answerSeconds: Int64 { get }

    /// Does the work.
    func perform(_ server: Server, _ output: Output) async throws(AdminFailure)
}

extension AdminCommand {
    static var answerSeconds: Int64 { 60 }

    /// Does the work; says on standard error why it was not done.
    func run() async throws {
        let connection = HTTPConnection(endpoint: try options.chosenEndpoint, timeoutSeconds: Self.answerSeconds)
        let server = Server(connection, project: try options.chosenProject)
        do throws(AdminFailure) {
            try await perform(server, Output(isJSON: options.json))
        } catch {
            Terminal.complain(error.message)
            throw ExitCode(error.status)
        }
    }
}

/// The option of commands that cannot be undone.
struct Confirmation: ParsableArguments {
    @Flag(help: "Do not ask.")
    var yes = false

    /// Goes on only if the person at the terminal agrees, or `--yes` was given.
    ///
    /// - Parameter deed: What would be done: "delete queue 'q'".
    func demand(_ deed: String) throws(AdminFailure) {
        guard !yes else { return }
        guard let answer = Terminal.ask("\(deed)? [y/N] ") else {
            throw AdminFailure("nothing was done: to \(deed) without a terminal, say --yes")
        }
        guard ["y", "yes"].contains(answer.lowercased()) else { throw AdminFailure("nothing was done") }
    }
}
