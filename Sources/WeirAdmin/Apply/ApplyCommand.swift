internal import ArgumentParser
internal import WeirJSON

/// `weir apply`.
struct ApplyCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Bring pools and flavors to what files declare.",
        discussion: """
            The files are YAML: pools: [{name, uri, weight, flavor, options}] and flavors: [{name, pool_list, \
            capabilities, description}]. What they leave out stays as it is, except that a flavor without a pool_list is \
            served by every pool that has its capabilities. Nothing is deleted, and applying twice is like applying once.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A YAML file, or a directory with some. Can be repeated.", valueName: "file|dir"))
    var file: [String]

    @Flag(help: "Only show the differences.") var dryRun = false
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let declaration = try declared()
        let changes = Plan.changes(
            to: declaration, pools: try await server.pools(), flavors: try await server.flavors())
        var report = ApplyReport(isDryRun: dryRun, output)
        if dryRun {
            for change in changes { report.add(change) }
        } else {
            try await apply(changes, server, output, &report)
        }
        report.end()
    }

    private func declared() throws(AdminFailure) -> Declaration {
        var declaration = Declaration()
        for path in file {
            for name in try DeclarationFiles.named(path) {
                try DeclarationReader.read(try DeclarationFiles.text(of: name), path: name, into: &declaration)
            }
        }
        try declaration.demandConsistency()
        return declaration
    }

    /// One change may have to wait for another: a pool can lose a capability only after its flavor has stopped
    /// requiring it. So what is refused is tried again after the rest, as long as a round gets anything done. A new pool and
    /// its flavor may wait for each other: then the pool comes first, without it.
    private func apply(
        _ changes: [Change], _ server: Server, _ output: Output, _ report: inout ApplyReport
    ) async throws(AdminFailure) {
        var rest = changes
        while !rest.isEmpty {
            var refused: [(change: Change, failure: AdminFailure)] = []
            for change in rest {
                do throws(AdminFailure) {
                    _ = try await server.send(change.method, change.path, .object(change.body))
                    report.add(change)
                } catch {
                    refused.append((change, error))
                }
            }
            if refused.count == rest.count {
                guard let steps = Change.inSteps(refused.map(\.change)) else {
                    if output.isJSON { report.end() }
                    let reasons = refused.map { "\($0.change.kind) '\($0.change.name)': \($0.failure.message)" }
                    throw AdminFailure(reasons.joined(separator: "; "))
                }
                rest = steps
            } else {
                rest = refused.map(\.change)
            }
        }
    }
}

/// What `weir apply` prints: a line a change as it is made, or one object at the end.
struct ApplyReport {
    private let isDryRun: Bool
    private let output: Output
    private var changes: [JSONValue] = []

    init(isDryRun: Bool, _ output: Output) {
        self.isDryRun = isDryRun
        self.output = output
    }

    mutating func add(_ change: Change) {
        changes.append(.object(change.object))
        if !output.isJSON { Terminal.write(Printable.line(change.line) + "\n") }
    }

    func end() {
        if output.isJSON {
            output.show(["dry_run": .bool(isDryRun), "changes": .array(changes)])
        } else if changes.isEmpty {
            Terminal.write("no differences\n")
        }
    }
}
