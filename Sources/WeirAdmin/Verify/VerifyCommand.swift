internal import ArgumentParser
internal import WeirJSON

/// `weir verify`.
struct VerifyCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare the catalog and the pools, and each pool with itself.",
        discussion: """
            Looks at every queue of all projects while they are in use, and at everything that the pools hold. Ends with \
            1 if anything was found, mended or not.
            """)

    @Flag(help: "Mend what can be mended without a doubt; what no queue has is removed from its pool.")
    var repair = false

    @OptionGroup var options: ServerOptions

    /// A step takes as long as one queue does, however large.
    static let answerSeconds: Int64 = 3600

    private static let columns = [
        Column("KIND", "kind"), Column("POOL", "pool"), Column("PROJECT", "project"), Column("QUEUE", "queue"),
        Column("LIFE", "life"), Column("DETAIL", "detail", width: 200), Column("REPAIRED", "repaired"),
    ]

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        var walk = VerifyWalk(server, isRepairing: repair, showsProgress: !output.isJSON && Terminal.isShown)
        let findings = try await walk.run()
        if output.isJSON {
            output.show(["findings": .array(findings.map { .object($0) })])
        } else {
            output.list(findings, Self.columns, nothing: VerifyWalk.count(findings))
        }
        guard !findings.isEmpty else { return }
        let mended = findings.count { $0["repaired"] == true }
        throw AdminFailure(VerifyWalk.count(findings) + (mended > 0 ? ", \(mended) of them repaired" : ""))
    }
}
