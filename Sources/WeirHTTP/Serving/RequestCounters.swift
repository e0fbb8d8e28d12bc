internal import Synchronization

/// How many requests were answered, by class of status, and how long they took.
final class RequestCounters: Sendable {
    private let classes = (0..<6).map { _ in Counter() }
    private let microseconds = Counter()

    func count(status: Int, microseconds duration: Int) {
        classes[min(max(status / 100, 0), 5)].add(1)
        microseconds.add(duration)
    }

    var byClass: [(name: String, count: Int)] {
        (1...5).map { ("\($0)xx", classes[$0].value) }
    }

    var seconds: Double { Double(microseconds.value) / 1_000_000 }
}

/// A number that threads add to.
final class Counter: Sendable {
    private let atomic = Atomic<Int>(0)

    func add(_ count: Int) {
        atomic.wrappingAdd(count, ordering: .relaxed)
    }

    var value: Int { atomic.load(ordering: .relaxed) }
}
