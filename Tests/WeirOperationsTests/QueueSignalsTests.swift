import TestSupport
import Testing
import WeirDomain
import WeirOperations

private let nothing = QueueGlance(free: 0, content: [], isVague: false)

private func key(_ name: String) throws -> QueueKey {
    QueueKey(project: try #require(ProjectID("p")), name: try #require(QueueName(name)))
}

@Suite("Signals")
struct QueueSignalsTests {
    private let clock = ManualClock()

    private func until(_ seconds: Int) -> Timestamp { clock.now().adding(seconds: seconds) }

    @Test("a signal reaches those that wait for this queue and no other")
    func signal() async throws {
        let signals = QueueSignals(clock: clock)
        let (mine, other) = (try key("mine"), try key("other"))
        let place = try #require(signals.join(mine, to: .taking(1), until: until(5)))
        let elsewhere = try #require(signals.join(other, to: .taking(1), until: until(5)))
        signals.signal(mine)
        #expect(await place.turn() == .look)
        clock.advance(seconds: 5)
        #expect(await elsewhere.turn() == .over)
        place.leave()
        elsewhere.leave()
        #expect(signals.waiting == 0)
    }

    @Test("a wait ends by a signal and by time, whether or not it has begun when they come")
    func parked() async throws {
        let signals = QueueSignals(clock: clock)
        let queue = try key("q")
        let told = try #require(signals.join(queue, to: .taking(1), until: until(5)))
        async let turn = told.turn()
        signals.signal(queue)
        #expect(await turn == .look)
        let late = try #require(signals.join(queue, to: .taking(1), until: until(5)))
        let outcome = await withTaskGroup(of: WaitTurn?.self) { group in
            group.addTask { await late.turn() }
            group.addTask {
                while !Task.isCancelled {
                    _ = await signals.step(queue) { _ in nothing }
                    await Task.yield()
                }
                return nil
            }
            clock.advance(seconds: 5)
            defer { group.cancelAll() }
            return await group.next()
        }
        #expect(outcome == .over)
        told.leave()
        late.leave()
        #expect(await signals.step(queue) { _ in nothing } == nil)
    }

    @Test("a line has an end, and so have all lines together")
    func bounds() throws {
        let signals = QueueSignals(clock: clock)
        let queue = try key("q")
        for _ in 0..<Limits.waitersPerQueue {
            #expect(signals.join(queue, to: .seeing, until: until(5)) != nil)
        }
        #expect(signals.join(queue, to: .seeing, until: until(5)) == nil)
        for place in Limits.waitersPerQueue..<Limits.waitersPerNode {
            let other = try key("q\(place / Limits.waitersPerQueue)")
            #expect(signals.join(other, to: .taking(1), until: until(5)) != nil)
        }
        #expect(signals.join(try key("last"), to: .taking(1), until: until(5)) == nil)
    }

    @Test("one glance a half second serves all that wait, and finds what no signal told of")
    func glances() async throws {
        let signals = QueueSignals(clock: clock)
        let queue = try key("q")
        let places = try (0..<100).map { _ in
            try #require(signals.join(queue, to: .taking(1), until: until(20)))
        }
        await withTaskGroup(of: WaitTurn.self) { group in
            for place in places { group.addTask { await place.turn() } }
            clock.advance(milliseconds: 500)
            let counter = GlanceCounter()
            while await counter.count == 0 {
                _ = await signals.step(queue) { _ in await counter.glance(free: 1) }
                await Task.yield()
            }
            #expect(await group.next() == .look)
            #expect(await signals.step(queue) { _ in await counter.glance(free: 1) } != nil)
            #expect(await counter.count == 1)
            group.cancelAll()
            for await turn in group { #expect(turn == .ended) }
        }
    }

    @Test("a node that stops ends every wait and takes no more")
    func stopping() async throws {
        let signals = QueueSignals(clock: clock)
        let queue = try key("q")
        let place = try #require(signals.join(queue, to: .taking(1), until: until(20)))
        let running = Task { await signals.run { _ in nothing } }
        async let turn = place.turn()
        running.cancel()
        #expect(await turn == .ended)
        await running.value
        #expect(signals.join(queue, to: .taking(1), until: until(20)) == nil)
        #expect(await signals.wait(for: queue, until: until(20)) == false)
    }

    @Test("waiting to see something: true if it may be there, false when time is over")
    func waiting() async throws {
        let signals = QueueSignals(clock: clock)
        let queue = try key("q")
        let deadline = until(5)
        async let outcome = signals.wait(for: queue, until: deadline)
        while signals.waiting == 0 { await Task.yield() }
        signals.signal(queue)
        #expect(await outcome)
        #expect(await signals.wait(for: queue, until: clock.now()) == false)
        #expect(signals.waiting == 0)
    }
}

private actor GlanceCounter {
    private(set) var count = 0

    func glance(free: Int) -> QueueGlance {
        count += 1
        return QueueGlance(free: free, content: [], isVague: false)
    }
}
