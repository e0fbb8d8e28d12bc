import Testing
import WeirDomain
import WeirOperations

/// A line whose callers are numbers, equal to those of their places; behind a reference, so that what an expectation
/// asks of it may change it.
private final class Line {
    private var line: QueueLine<UInt64>

    init(at now: Timestamp) { line = QueueLine(at: now) }

    var count: Int { line.count }

    func join(_ number: UInt64, to purpose: WaitPurpose, until deadline: Timestamp) -> Bool {
        line.join(number, to: purpose, until: deadline)
    }

    func park(_ number: UInt64, now: Timestamp) -> WaitTurn? { line.park(number, number, now: now) }

    func end(_ number: UInt64) -> UInt64? { line.end(number) }

    func disband() -> [UInt64] { line.disband() }

    func leave(_ number: UInt64, leavingMore: Bool) -> [UInt64] { line.leave(number, leavingMore: leavingMore) }

    func wake(messages: Int) -> [UInt64] { line.wake(messages: messages) }

    func step(_ now: Timestamp) -> (over: [UInt64], mustGlance: Bool) { line.step(now) }

    func apply(_ glance: QueueGlance) -> [UInt64] { line.apply(glance) }

    func pause(_ now: Timestamp) -> Int { line.pause(now) }
}

private func at(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds)
}

/// A line of so many that take `wants` each, all parked, until 20 s.
private func parked(_ count: UInt64, wants: Int = 1) -> Line {
    let line = Line(at: at(0))
    for number in 0..<count {
        _ = line.join(number, to: .taking(wants), until: at(20_000))
        #expect(line.park(number, now: at(0)) == nil)
    }
    return line
}

@Suite("The line of those that wait for messages")
struct QueueLineTests {
    @Test("only the first that takes looks when it comes, and all that see do")
    func joining() {
        let line = Line(at: at(0))
        #expect(line.join(1, to: .taking(1), until: at(1000)))
        #expect(!line.join(2, to: .taking(1), until: at(1000)))
        #expect(line.join(3, to: .seeing, until: at(1000)))
        #expect(line.join(4, to: .seeing, until: at(1000)))
        #expect(line.count == 4)
    }

    @Test("as many are told as there may be messages for, in order")
    func fairness() {
        let line = parked(1000)
        #expect(line.wake(messages: 1) == [0])
        #expect(line.wake(messages: 3) == [1, 2, 3])
        let greedy = parked(1000, wants: 10)
        #expect(greedy.wake(messages: 20) == [0, 1])
        #expect(greedy.wake(messages: 21) == [2, 3, 4])
    }

    @Test("who is told and finds nothing keeps its place")
    func keepingPlaces() {
        let line = parked(3)
        #expect(line.wake(messages: 1) == [0])
        #expect(line.park(0, now: at(1)) == nil)
        #expect(line.wake(messages: 2) == [0, 1])
    }

    @Test("what comes while the only one looks is not missed")
    func noLostSignal() {
        let line = Line(at: at(0))
        #expect(line.join(1, to: .taking(1), until: at(1000)))
        #expect(line.wake(messages: 1) == [])
        #expect(line.park(1, now: at(0)) == .look)
        #expect(line.park(1, now: at(0)) == nil)
    }

    @Test("one that leaves without using what it was told, or leaves messages, lets the next one know")
    func passingOn() {
        let line = Line(at: at(0))
        for number in 1...3 as ClosedRange<UInt64> { _ = line.join(number, to: .taking(1), until: at(1000)) }
        #expect(line.wake(messages: 1) == [])
        #expect(line.park(2, now: at(0)) == nil)
        #expect(line.park(3, now: at(0)) == nil)
        #expect(line.leave(1, leavingMore: false) == [2])
        #expect(line.leave(2, leavingMore: false) == [])
        #expect(line.count == 1)
    }

    @Test("one that fills its claim lets the next one look, one that does not lets nobody")
    func chain() {
        let line = parked(3)
        #expect(line.wake(messages: 1) == [0])
        #expect(line.leave(0, leavingMore: true) == [1])
        #expect(line.leave(1, leavingMore: false) == [])
    }

    @Test("all that see are told of one message")
    func seeing() {
        let line = Line(at: at(0))
        for number in 1...3 as ClosedRange<UInt64> {
            _ = line.join(number, to: .seeing, until: at(1000))
            if number < 3 { #expect(line.park(number, now: at(0)) == nil) }
        }
        #expect(line.wake(messages: 1) == [1, 2])
        #expect(line.park(3, now: at(0)) == .look)
    }

    @Test("time is over at the deadline, and not before")
    func deadlines() {
        let line = parked(2)
        #expect(line.step(at(19_999)).over == [])
        #expect(line.step(at(20_000)).over == [0, 1])
        #expect(line.park(0, now: at(20_000)) == .over)
    }

    @Test("a call off reaches the parked at once and the others when they ask for their turn")
    func ending() {
        let line = parked(2)
        #expect(line.end(0) == 0)
        #expect(line.wake(messages: 1) == [1])
        #expect(line.end(1) == nil)
        #expect(line.park(1, now: at(0)) == .ended)
        #expect(line.end(7) == nil)
        #expect(line.disband() == [])
    }

    @Test("a queue is glanced at every half second, however many wait, and not while nobody is parked")
    func glances() {
        let line = parked(1000)
        #expect(!line.step(at(499)).mustGlance)
        #expect(line.step(at(500)).mustGlance)
        #expect(!line.step(at(501)).mustGlance)
        #expect(line.pause(at(501)) == 499)
        #expect(line.step(at(1000)).mustGlance)
        let looking = Line(at: at(0))
        _ = looking.join(1, to: .taking(1), until: at(1000))
        #expect(!looking.step(at(600)).mustGlance)
        #expect(looking.pause(at(600)) == 400)
    }

    @Test("a glance that finds messages has one of a thousand look")
    func glanceForTakers() {
        let line = parked(1000)
        #expect(line.apply(QueueGlance(free: 0, content: [], isVague: false)) == [])
        #expect(line.apply(QueueGlance(free: 500, content: ["x"], isVague: false)) == [0])
    }

    @Test("a glance that finds news has all look that want to see; without news, none, or a few by turns")
    func glanceForViewers() {
        let line = Line(at: at(0))
        for number in 0..<6 as Range<UInt64> { _ = line.join(number, to: .seeing, until: at(20_000)) }
        func parkAll() { for number in 0..<6 as Range<UInt64> { _ = line.park(number, now: at(0)) } }
        parkAll()
        #expect(line.apply(QueueGlance(free: 0, content: ["a"], isVague: false)).count == 6)
        parkAll()
        #expect(line.apply(QueueGlance(free: 0, content: ["a"], isVague: false)) == [])
        #expect(line.apply(QueueGlance(free: 0, content: ["a"], isVague: true)) == [0, 1, 2, 3])
        parkAll()
        #expect(line.apply(QueueGlance(free: 0, content: ["a"], isVague: true)) == [4, 5, 0, 1])
        #expect(line.apply(QueueGlance(free: 0, content: ["b"], isVague: false)).count == 2)
        #expect(line.join(6, to: .seeing, until: at(20_000)))
        #expect(line.park(6, now: at(0)) == nil)
        #expect(line.apply(QueueGlance(free: 0, content: ["b"], isVague: false)) == [6])
    }
}
