import Synchronization
import Testing
import WeirBench

@Suite struct VerifyRunnerTests {
    private func run(
        _ store: VerifyFakeStore, failing: (@Sendable (FakeRequest) -> FakeReply?)? = nil,
        change: (inout VerifySettings) -> Void
    ) async throws -> VerifyResult {
        try await withFakeServer {
            failing?($0) ?? store.reply(to: $0)
        } _: { endpoint in
            var settings = VerifySettings(endpoint: endpoint)
            settings.producers = 3
            settings.claimers = 3
            settings.queues = 4
            settings.messages = 500
            settings.bodyBytes = 100
            change(&settings)
            return try await VerifyRunner(settings).run()
        }
    }

    @Test("a good server passes, every message is consumed and no queue stays", arguments: [1, 2])
    func good(threads: Int) async throws {
        let store = VerifyFakeStore()
        let result = try await run(store) { $0.threads = threads }
        #expect(result.isGood, "\(VerifyReport.text(result))")
        #expect(result.findings.acknowledged == 500 && result.findings.consumed == 500)
        #expect(result.findings.unknownPosts == 0 && result.findings.explainedDuplicates == 0)
        store.state.withLock {
            #expect($0.created.count == 4 && $0.created == $0.deleted)
            #expect($0.createdWith == [""])
        }
    }

    @Test("broken connections and 503s are allowed for, and made up for")
    func flaky() async throws {
        let store = VerifyFakeStore(claimTTL: 1, isFlaky: true)
        let result = try await run(store) {
            $0.claimTTL = 1
        }
        #expect(result.isGood, "\(VerifyReport.text(result))")
        #expect(result.findings.acknowledged == 500)
        #expect(result.findings.unknownPosts > 0 && result.findings.unknownDeletes > 0)
    }

    @Test("a server with a fault does not pass, and the fault is named", arguments: VerifyFakeStore.Fault.allCases)
    func faulty(fault: VerifyFakeStore.Fault) async throws {
        let result = try await run(VerifyFakeStore(fault)) {
            // One queue that fills before it is emptied, so that order can show.
            $0.queues = 1
            $0.claimers = fault == .turnsRound ? 1 : 3
            ($0.quiet, $0.lastWait) = (fault == .keepsListed ? 2 : 8, 1)
        }
        #expect(!result.isGood)
        #expect(result.trouble == nil)
        let findings = result.findings
        switch fault {
        case .loses: #expect(findings.lost >= 10)
        case .resurrects: #expect(findings.unexplainedDuplicates >= 10)
        case .sharesClaims: #expect(findings.overlappingClaims > 0)
        case .turnsRound: #expect(findings.orderViolations > 0)
        case .changesBodies: #expect(findings.phantoms >= 10)
        case .changesIDs: #expect(findings.changedIDs >= 10)
        case .refusesAndDrops:
            #expect(findings.refusedWhileHeld >= 10 && findings.lost == findings.refusedWhileHeld)
        case .keepsListed: #expect(findings.stuck >= 10 && findings.lost == 0)
        }
    }

    @Test("what comes at last, after the quiet time, is neither stuck nor lost")
    func comesAtLast() async throws {
        let begun = ContinuousClock.now
        let result = try await run(
            VerifyFakeStore(),
            failing: { request in
                request.path.contains("/claims") && ContinuousClock.now - begun < .seconds(4) ? .answer(204) : nil
            }
        ) {
            $0.quiet = 1
            $0.lastWait = 60
        }
        #expect(result.isGood, "\(VerifyReport.text(result))")
        #expect(result.findings.consumed == 500)
    }

    @Test("queues are made with the flavor, and stay if they are to be kept")
    func flavor() async throws {
        let store = VerifyFakeStore()
        let result = try await run(store) {
            $0.flavor = "durable"
            $0.keepsQueues = true
        }
        #expect(result.isGood)
        store.state.withLock {
            #expect($0.createdWith == [#"{"_flavor":"durable"}"#])
            #expect($0.deleted.isEmpty)
        }
    }

    @Test("a queue that is refused ends the run with the reason")
    func refusedQueue() async throws {
        await #expect(
            throws: BenchFailure.preparation("cannot create the queues", reason: "the server answered 400")
        ) {
            _ = try await run(VerifyFakeStore(), failing: { $0.method == "PUT" ? .answer(400) : nil }) { _ in }
        }
    }

    @Test("answers that no request should get make the run a bad one, even if nothing is lost")
    func unexpectedAnswers() async throws {
        let refused = Mutex(false)
        let result = try await run(
            VerifyFakeStore(),
            failing: { request in
                guard request.method == "POST", request.path.hasSuffix("messages") else { return nil }
                let isFirst = refused.withLock { done in
                    defer { done = true }
                    return !done
                }
                return isFirst ? .answer(404, "{}") : nil
            }
        ) { _ in }
        #expect(result.findings.isClean && !result.isGood)
        #expect(result.trouble == "unexpected answers: 1 × 404")
    }

    @Test("a server that never answers well is given up in bounded time")
    func givenUp() async throws {
        let result = try await run(
            VerifyFakeStore(), failing: { $0.method == "POST" ? .answer(503, "{}") : nil }
        ) { $0.patience = 1 }
        #expect(!result.isGood)
        #expect(result.trouble?.hasSuffix("got no good answer for too long") == true)
        #expect(result.findings.acknowledged == 0)
    }

    @Test("what was not claimed before the run was given up is not lost, and the run is a bad one")
    func notClaimed() async throws {
        let result = try await run(
            VerifyFakeStore(), failing: { $0.path.contains("/claims") ? .answer(503, "{}") : nil }
        ) { $0.patience = 1 }
        #expect(result.findings.isClean && !result.isGood, "\(VerifyReport.text(result))")
        #expect(result.findings.notClaimed == result.findings.acknowledged)
    }

    @Test("an interrupted run is a bad one, and its queues are deleted")
    func interrupted() async throws {
        let store = VerifyFakeStore()
        let result = try await run(store) {
            $0.messages = 1_000_000
            $0.isInterrupted = { store.state.withLock { $0.accepted > 50 } }
        }
        #expect(result.trouble == "interrupted" && !result.isGood)
        #expect(result.findings.isClean, "\(VerifyReport.text(result))")
        #expect(store.state.withLock { $0.created == $0.deleted })
    }

    @Test("the report for machines is one object, with every count by its name")
    func json() async throws {
        let result = try await run(VerifyFakeStore(.loses)) { $0.queues = 1 }
        let json = VerifyReport.json(result)
        #expect(json.hasPrefix("{\"ok\": false, \"seconds\": "))
        #expect(json.contains("\"acknowledged\": 500, "))
        #expect(json.contains("\"lost\": \(result.findings.lost), "))
        #expect(json.contains("\"trouble\": null, \"examples\": [\"lost: producer "))
        #expect(VerifyReport.text(result).contains("NOT GOOD, in "))
    }
}
