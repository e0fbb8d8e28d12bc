internal import ArgumentParser
internal import Glibc
internal import WeirAdmin
internal import WeirBench

/// The one binary: server, admin command line and load generator.
@main
struct Weir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A message-queue service that shards queues over many storage pools.",
        version: Version.number,
        subcommands: TopCommands.commands + [Unknown<TopCommands>.self], defaultSubcommand: Unknown<TopCommands>.self)

    /// Runs the command. What cannot be done ends in one line on stderr: with status 2 if the command line or the
    /// configuration is wrong, otherwise with 1.
    static func main() async {
        // A reader that has gone is an error of the write, here as at a socket.
        signal(SIGPIPE, SIG_IGN)
        MongoCounters.unlinkName()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            if StandardOutput.isBroken { Glibc.exit(1) }
        } catch let failure as StartFailure {
            leave("weir: \(failure.description)", status: failure.status)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            leave("weir: \(message(for: error).split(separator: "\n").first ?? "wrong usage")", status: 2)
        }
    }

    private static func leave(_ line: String, status: Int32) -> Never {
        StandardOutput.write("\(line)\n", to: STDERR_FILENO)
        Glibc.exit(status)
    }
}

/// What the binary can do; a word that is none of these gets the nearest one suggested.
enum TopCommands: CommandFamily {
    static let noun = ""
    static let abstract = ""
    static var commands: [any ParsableCommand.Type] {
        [ServeCommand.self, SettingsCommand.self, BenchCommand.self, CatalogBenchCommand.self] + AdminCommands.all
    }
}

/// Why the process cannot start or go on: one line for the operator.
struct StartFailure: Error {
    let description: String
    let status: Int32

    /// - Parameter status: 2 if the command line or the configuration is wrong.
    init(_ description: String, status: Int32 = 1) {
        self.description = description
        self.status = status
    }
}

enum Version {
    static let number = "0.1.0"
}
