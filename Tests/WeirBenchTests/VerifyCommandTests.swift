import ArgumentParser
import Testing
import WeirBench

@Suite struct VerifyCommandTests {
    private func settings(_ arguments: String...) throws -> VerifySettings {
        try BenchCommand.parse(["--verify"] + arguments).verifySettings(environmentEndpoint: nil)
    }

    @Test("without more options a verified run is the large one")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.producers == 32 && settings.claimers == 32 && settings.queues == 64)
        #expect(settings.messages == 200_000 && settings.bodyBytes == 1024 && settings.limit == 10)
        #expect(settings.claimTTL == 60 && settings.quiet == 100 && settings.patience == 120)
        #expect(settings.flavor == nil && !settings.keepsQueues && settings.project == "bench")
    }

    @Test("every option arrives")
    func options() throws {
        let settings = try settings(
            "--producers", "2", "--claimers", "3", "--queues", "5", "--messages", "7", "--body-bytes", "100",
            "--claim-ttl", "90", "--patience", "11", "--flavor", "gold", "--keep", "--limit", "4", "--project", "p",
            "--threads", "2", "--endpoint", "http://h:1")
        #expect(settings.producers == 2 && settings.claimers == 3 && settings.queues == 5)
        #expect(settings.messages == 7 && settings.bodyBytes == 100 && settings.claimTTL == 90)
        #expect(settings.quiet == 130 && settings.patience == 11 && settings.flavor == "gold")
        #expect(settings.keepsQueues && settings.limit == 4 && settings.project == "p" && settings.threads == 2)
        #expect(settings.endpoint.authority == "h:1")
    }

    @Test(
        "bad usage is refused by the parser",
        arguments: [
            ["--verify", "--producers", "0"], ["--verify", "--claimers", "1025"], ["--verify", "--messages", "0"],
            ["--verify", "--claim-ttl", "59"], ["--verify", "--patience", "0"], ["--verify", "--flavor", "a b"],
            ["--verify", "--body-bytes", "24001"], ["--verify", "--scenario", "list"], ["--verify", "--queue", "q"],
            ["--verify", "--seconds", "1"], ["--verify", "--requests", "1"], ["--producers", "2"],
            ["--claimers", "2"], ["--messages", "2"], ["--claim-ttl", "60"], ["--flavor", "f"], ["--patience", "2"],
        ])
    func refused(arguments: [String]) {
        #expect {
            try BenchCommand.parse(arguments)
        } throws: { error in
            BenchCommand.exitCode(for: error) == .validationFailure
        }
    }
}
