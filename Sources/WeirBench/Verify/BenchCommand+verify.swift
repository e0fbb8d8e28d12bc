import ArgumentParser

extension BenchCommand {
    /// The settings of a verified run. Throws `ValidationError` that names the option and its bounds.
    ///
    /// - Parameter environmentEndpoint: the endpoint if none is given as an option; empty counts as nil.
    package func verifySettings(environmentEndpoint: String?) throws -> VerifySettings {
        let common = try settings(environmentEndpoint: environmentEndpoint)
        if let option = measuringOption { throw ValidationError("\(option) does not go with --verify.") }
        var settings = VerifySettings(endpoint: common.endpoint)
        settings.project = common.project
        settings.threads = common.threads
        settings.queues = queues == nil ? settings.queues : common.queues
        settings.keepsQueues = common.keepsQueues
        settings.limit = common.limit
        // Ten of them have to fit into one post.
        settings.bodyBytes = try check("--body-bytes", common.bodyBytes, 2...24_000)
        settings.producers = try check("--producers", verification.producers ?? settings.producers, 1...1024)
        settings.claimers = try check("--claimers", verification.claimers ?? settings.claimers, 1...1024)
        settings.messages = try check("--messages", verification.messages ?? settings.messages, 1...10_000_000)
        settings.claimTTL = try check("--claim-ttl", verification.claimTtl ?? settings.claimTTL, 60...43_200)
        settings.quiet = Double(settings.claimTTL) + 40
        settings.patience = try check("--patience", verification.patience ?? settings.patience, 1...3600)
        settings.flavor = verification.flavor
        let flavorName = settings.flavor?.utf8.map { $0 } ?? []
        if settings.flavor != nil, !(1...64).contains(flavorName.count) || !flavorName.allSatisfy(Ascii.isName) {
            throw ValidationError("--flavor must be 1...64 of the characters A-Z a-z 0-9 _ - .")
        }
        return settings
    }

    /// The first option given that only measuring has.
    private var measuringOption: String? {
        let given = [
            ("--scenario", !scenario.isEmpty), ("--seconds", seconds != nil), ("--requests", requests != nil),
            ("--queue", queue != nil),
        ]
        return given.first { $0.1 }?.0
    }

    /// Runs, prints the counts and throws `ExitCode(1)` unless the check passes.
    func verify() async throws {
        var settings = try verifySettings(environmentEndpoint: Self.environmentEndpoint)
        settings.isInterrupted = { Interruption.isRequested }
        Interruption.listen()
        do {
            let result = try await VerifyRunner(settings).run()
            StandardOutput.write((json ? VerifyReport.json(result) : VerifyReport.text(result)) + "\n")
            if !result.isGood { throw ExitCode(1) }
        } catch let failure as BenchFailure {
            printError("weir bench: \(failure)")
            throw ExitCode(1)
        }
    }
}
