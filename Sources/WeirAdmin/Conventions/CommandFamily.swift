package import ArgumentParser
internal import WeirConfiguration

/// Commands that stand below one word.
package protocol CommandFamily {
    /// The word: `pool`. Empty for those that stand right after the program's name.
    static var noun: String { get }

    /// One line for the help.
    static var abstract: String { get }

    /// The commands.
    static var commands: [any ParsableCommand.Type] { get }
}

/// `weir NOUN`, which only holds other commands.
struct Group<Family: CommandFamily>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Family.noun, abstract: Family.abstract,
            subcommands: Family.commands + [Unknown<Family>.self], defaultSubcommand: Unknown<Family>.self)
    }
}

/// What is done with a word that is none of a family's commands: it names the nearest one. As a default subcommand it
/// gets all words that are not known.
package struct Unknown<Family: CommandFamily>: ParsableCommand {
    /// The command as the parser knows it.
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "unknown", shouldDisplay: false)
    }

    @Argument(parsing: .allUnrecognized, help: .hidden) var words: [String] = []

    /// For the parser.
    package init() {}

    /// Throws `ValidationError`; the help, if there is no word at all.
    package func run() throws {
        guard let word = words.first else { throw CleanExit.helpRequest(Group<Family>.self) }
        let names = Family.commands.flatMap { [$0.configuration.commandName ?? ""] + $0.configuration.aliases }
        let group = Family.noun.isEmpty ? "weir" : "weir \(Family.noun)"
        throw ValidationError(
            "\(group) has no command '\(word)'; the nearest is '\(nearest(to: word, among: names) ?? "")'")
    }
}
