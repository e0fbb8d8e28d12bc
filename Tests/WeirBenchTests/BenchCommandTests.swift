import ArgumentParser
import Testing
import WeirBench

@Suite struct BenchCommandTests {
    private func settings(_ arguments: String..., environment: String? = nil) throws -> BenchSettings {
        try BenchCommand.parse(arguments).settings(environmentEndpoint: environment)
    }

    @Test("without options the bench runs every scenario for ten seconds")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.endpoint.authority == "127.0.0.1:8888")
        #expect(settings.scenarios == Scenario.allCases)
        #expect(settings.connections == 64 && settings.threads == 1 && settings.queues == 1)
        #expect(settings.seconds == 10 && settings.requests == nil && settings.warmup == 1)
        #expect(settings.bodyBytes == 1024 && settings.limit == 10)
        #expect(settings.project == "bench" && settings.existingQueue == nil && !settings.keepsQueues)
    }

    @Test("scenarios may be repeated or listed with commas, in any order")
    func scenarios() throws {
        let settings = try settings("--scenario", "list,post-1", "--scenario", "claim-delete")
        #expect(settings.scenarios == [.list, .postOne, .claimDelete])
    }

    @Test("a number of requests replaces the default time, and both can be given")
    func requests() throws {
        #expect(try settings("--requests", "5").seconds == nil)
        let both = try settings("--requests", "5", "--seconds", "1.5")
        #expect(both.requests == 5 && both.seconds == 1.5)
    }

    @Test("the option wins over the environment, and the environment over the default")
    func endpoint() throws {
        #expect(try settings(environment: "http://env:1").endpoint.authority == "env:1")
        #expect(try settings(environment: "").endpoint.authority == "127.0.0.1:8888")
        let both = try settings("--endpoint", "http://flag:2", environment: "http://env:1")
        #expect(both.endpoint.authority == "flag:2")
    }

    @Test(
        "bad usage is refused by the parser",
        arguments: [
            ["--connections", "0"], ["--connections", "4097"], ["--threads", "0"], ["--seconds", "0"],
            ["--seconds", "nan"], ["--requests", "0"], ["--warmup", "-1"], ["--queues", "0"],
            ["--limit", "21"],
            ["--body-bytes", "1"], ["--scenario", "post-2"], ["--scenario", "list,"],
            ["--endpoint", "https://h:1"],
            ["--queue", "a/b"], ["--queue", ""], ["--project", ""], ["--project", "a\r\nX: y"],
            ["--nonsense"],
        ])
    func refused(arguments: [String]) {
        #expect {
            try BenchCommand.parse(arguments)
        } throws: { error in
            BenchCommand.exitCode(for: error) == .validationFailure
        }
    }
}
