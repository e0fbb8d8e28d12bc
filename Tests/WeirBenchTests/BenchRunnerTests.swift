import Synchronization
import Testing
import WeirBench

@Suite struct BenchRunnerTests {
    private func run(
        _ queues: FakeQueues, failing: (@Sendable (FakeRequest) -> FakeReply?)? = nil,
        change: (inout BenchSettings) -> Void
    ) async throws -> [BenchResult] {
        let results = Mutex<[BenchResult]>([])
        try await withFakeServer {
            failing?($0) ?? queues.reply(to: $0)
        } _: { endpoint in
            var settings = BenchSettings(endpoint: endpoint)
            settings.connections = 6
            settings.seconds = nil
            settings.requests = 300
            settings.warmup = 0
            settings.bodyBytes = 40
            change(&settings)
            try await BenchRunner(settings).run { result in results.withLock { $0.append(result) } }
        }
        return results.withLock { $0 }
    }

    @Test("all scenarios run against one server and leave no queue behind", arguments: [1, 2])
    func everything(threads: Int) async throws {
        let queues = FakeQueues()
        let results = try await run(queues) {
            $0.queues = 2
            $0.threads = threads
        }
        #expect(results.map(\.scenario) == Scenario.allCases)
        #expect(results.allSatisfy { $0.failures == 0 && $0.seconds > 0 && $0.maximum >= $0.p999 })
        let simple = results.filter { $0.scenario != .claimDelete && $0.scenario != .cycle }
        #expect(simple.map(\.requests) == [300, 300, 300])
        #expect(simple.map(\.messages) == [300, 3000, 3000])
        queues.state.withLock { state in
            #expect(state.queues.isEmpty)
            #expect(state.created.count == 10)
            #expect(state.created == state.deleted)
            #expect(Set(state.created).count == 10)
            #expect(state.projects == ["bench"])
        }
    }

    @Test("claim-delete leaves nothing claimed and counts each message once")
    func claimDelete() async throws {
        let queues = FakeQueues()
        let results = try await run(queues) {
            $0.scenarios = [.claimDelete]
            $0.keepsQueues = true
        }
        let result = try #require(results.first)
        #expect(result.failures == 0)
        #expect(result.refills > 0)
        #expect((300...306).contains(result.requests + result.refills))
        queues.state.withLock { state in
            #expect(state.deleted.isEmpty)
            let left = state.queues.values.reduce(0) { $0 + $1.available.count }
            #expect(result.messages == state.nextID - left)
            #expect(state.queues.values.allSatisfy { $0.claimed.isEmpty })
        }
    }

    @Test("a cycle deletes all that it claims")
    func cycle() async throws {
        let queues = FakeQueues()
        let results = try await run(queues) {
            $0.scenarios = [.cycle]
            $0.keepsQueues = true
        }
        let result = try #require(results.first)
        #expect(result.failures == 0 && result.refills == 0)
        #expect(result.requests >= 300)
        queues.state.withLock { state in
            let left = state.queues.values.reduce(0) { $0 + $1.available.count }
            #expect(result.messages == state.nextID - left)
            #expect(result.messages >= 200)
            #expect(state.queues.values.allSatisfy { $0.claimed.isEmpty })
        }
    }

    @Test("an existing queue is neither created nor deleted, and filled only as far as a page needs")
    func existingQueue() async throws {
        let queues = FakeQueues()
        queues.state.withLock { $0.queues["mine"] = FakeQueues.Queue(available: ["a", "b"]) }
        let results = try await run(queues) {
            $0.scenarios = [.list]
            $0.existingQueue = "mine"
            $0.limit = 5
            $0.project = "other"
        }
        #expect(results.map(\.messages) == [1500])
        queues.state.withLock { state in
            #expect(state.created.isEmpty && state.deleted.isEmpty)
            #expect(state.queues["mine"]?.available.count == 5)
            #expect(state.projects == ["other"])
        }
    }

    @Test("every connection is a client of its own")
    func clients() async throws {
        let queues = FakeQueues()
        _ = try await run(queues) {
            $0.scenarios = [.postOne]
            $0.existingQueue = "mine"
        }
        queues.state.withLock { state in
            #expect(state.clients.count == 6)
            #expect(state.clients.allSatisfy { $0.count == 36 && $0.split(separator: "-").count == 5 })
        }
    }

    @Test("refused requests are counted and the scenarios after them still run")
    func refusals() async throws {
        let queues = FakeQueues()
        let results = try await run(
            queues, failing: { $0.method == "POST" && $0.path.contains("messages") ? .answer(503) : nil }
        ) { $0.scenarios = [.postOne, .claimDelete] }
        #expect(results.first?.errors == ["503": 300])
        #expect(results.first?.failureSummary == "post-1: 300 requests failed: 300 × 503")
        #expect(results.count == 2)
        #expect(queues.state.withLock { $0.queues.isEmpty })
    }

    @Test("a queue that cannot be made ends the bench with the reason")
    func noQueue() async throws {
        await #expect(
            throws: BenchFailure.preparation("cannot create the queues", reason: "the server answered 403")
        ) {
            _ = try await run(FakeQueues(), failing: { $0.method == "PUT" ? .answer(403) : nil }) { _ in }
        }
    }

    @Test("a result is reported even if its queues cannot be deleted")
    func noDelete() async throws {
        let reported = Mutex(0)
        await #expect(throws: BenchFailure.self) {
            try await withFakeServer {
                $0.method == "PUT" ? .answer(201) : .answer($0.method == "POST" ? 201 : 503)
            } _: { endpoint in
                var settings = BenchSettings(endpoint: endpoint)
                settings.requests = 10
                settings.scenarios = [.postOne]
                settings.warmup = 0
                try await BenchRunner(settings).run { _ in reported.withLock { $0 += 1 } }
            }
        }
        #expect(reported.withLock { $0 } == 1)
    }

    @Test("an interrupted bench reports what it measured, skips the rest and deletes its queues")
    func interrupted() async throws {
        let queues = FakeQueues()
        let results = try await run(queues) {
            $0.requests = nil
            $0.isInterrupted = { queues.state.withLock { $0.nextID > 50 } }
        }
        #expect(results.map(\.scenario) == [.postOne])
        #expect(queues.state.withLock { $0.queues.isEmpty })
    }

    @Test("a warm-up is not counted")
    func warmup() async throws {
        let queues = FakeQueues()
        let results = try await run(queues) {
            $0.scenarios = [.postOne]
            $0.requests = nil
            $0.warmup = 3600
            $0.isInterrupted = { queues.state.withLock { $0.nextID > 50 } }
        }
        #expect(results.map(\.requests) == [0])
        #expect(results.map(\.seconds) == [0])
    }

    @Test("a run by time comes to its end")
    func timed() async throws {
        let results = try await run(FakeQueues()) {
            $0.requests = nil
            $0.seconds = 0.001
        }
        #expect(results.count == Scenario.allCases.count)
        #expect(results.allSatisfy { $0.failures == 0 })
    }
}
