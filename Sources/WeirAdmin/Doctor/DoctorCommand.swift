internal import ArgumentParser
internal import WeirConfiguration
internal import WeirJSON

/// `weir doctor`.
struct DoctorCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong with a running server, and say what to do.",
        discussion: """
            Looks at the settings as 'weir serve' would take them here, at the endpoint, the catalog, every pool (which \
            is probed and put to work), the project's flavors and the clock; and at each node that is named, and whether \
            their clocks agree. With --config and no server or node named, only at the settings. Ends with 1 if a check \
            failed.
            """)

    @Option(help: "A YAML file with settings of 'weir serve' ($WEIR_CONFIG).")
    var config: String?

    @Option(help: "A node to ask itself, http://host:port; can be repeated.")
    var node: [String] = []

    @OptionGroup var options: ServerOptions

    private static let columns = [
        Column("STATUS", "status"), Column("CHECK", "name"), Column("FINDING", "finding", width: 400),
        Column("WHAT TO DO", "advice", width: 200),
    ]

    func validate() throws {
        for url in node { _ = try ServerOptions.endpoint(url) }
    }

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        var checks = [settingsCheck()]
        if config == nil || options.namesEndpoint || !node.isEmpty {
            checks += (await serverChecks(server)) + (await nodeChecks())
        }
        let objects = checks.map(\.object)
        if output.isJSON {
            output.show(["checks": .array(objects.map { .object($0) })])
        } else {
            output.list(objects, Self.columns, nothing: "no checks")
        }
        let failed = checks.count { $0.status == .failed }
        guard failed == 0 else { throw AdminFailure("\(failed) check\(failed == 1 ? "" : "s") failed") }
    }

    /// Reads the settings just as a server does.
    private func settingsCheck() -> Check {
        let file = Settings.chosenFile(config)
        do throws(ConfigurationError) {
            let settings = try Settings.ofProcess(file: config)
            return Examination.configuration(file: file, fault: nil, warnings: settings.warnings)
        } catch {
            return Examination.configuration(file: file, fault: error.description, warnings: [])
        }
    }
}
