internal import ArgumentParser
internal import WeirBench
internal import WeirConfiguration

/// `weir settings`: every setting with its default, as a configuration file.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Print every setting with its default, as a configuration file.")

    func run() {
        StandardOutput.write(Settings.reference())
    }
}
