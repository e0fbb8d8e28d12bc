import ArgumentParser

/// The options that only a verified run has. Nil if not given, so that they can be refused without `--verify`.
struct VerifyOptions: ParsableArguments {
    @Flag(help: "Check instead of measure: post, claim and delete from all sides, through restarts of the server too.")
    var verify = false

    @Option(help: "Verify: clients that post, 1...1024 (default: 32).")
    var producers: Int?

    @Option(help: "Verify: clients that claim and delete, 1...1024 (default: 32).")
    var claimers: Int?

    @Option(help: "Verify: messages that must be acknowledged (default: 200000).")
    var messages: Int?

    @Option(help: "Verify: seconds a claim lasts, 60...43200 (default: 60).")
    var claimTtl: Int?

    @Option(help: "Verify: flavor of the queues.")
    var flavor: String?

    @Option(help: "Verify: seconds without a good answer after which to give up, 1...3600 (default: 120).")
    var patience: Double?

    init() {}

    /// The first option that makes no sense without `--verify`.
    var stray: String? {
        if verify { return nil }
        let given = [
            ("--producers", producers != nil), ("--claimers", claimers != nil), ("--messages", messages != nil),
            ("--claim-ttl", claimTtl != nil), ("--flavor", flavor != nil), ("--patience", patience != nil),
        ]
        return given.first { $0.1 }?.0
    }
}
