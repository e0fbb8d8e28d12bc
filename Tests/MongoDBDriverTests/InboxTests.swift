import StoreThreads
import Testing

/// Waiting for callers that come back soon.
@Suite struct InboxTests {
    /// Far longer than anything takes.
    private let long = 60_000_000

    @Test("one who waits for so many gets them together, with those that were there first, in order")
    func awaits() async throws {
        let inbox = Inbox<Int>(capacity: 100)
        let taken = Taken()
        _ = inbox.put(0)
        Thread.start { [long] in taken.keep(inbox.take(100, awaiting: 3, microseconds: long)) }
        // However late the thread begins, three more come.
        let feeder = Task {
            for number in 1..<1_000_000 where !Task.isCancelled {
                _ = inbox.put(number)
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        let (items, cameAll) = await taken.value
        feeder.cancel()
        #expect(cameAll && items.count >= 4 && items == Array(0..<items.count))
    }

    @Test("nobody is waited for longer than was said, and never beyond the limit")
    func givesUp() {
        let inbox = Inbox<Int>(capacity: 100)
        for number in 0..<5 { _ = inbox.put(number) }
        let few = inbox.take(3, awaiting: 100, microseconds: long)
        #expect(few.items == [0, 1, 2] && few.cameAll)
        let rest = inbox.take(100, awaiting: 1, microseconds: 1)
        #expect(rest.items == [3, 4] && !rest.cameAll)
    }

    @Test("closing wakes one who waits for more")
    func closes() async throws {
        let inbox = Inbox<Int>(capacity: 100)
        let taken = Taken()
        _ = inbox.put(1)
        Thread.start { [long] in taken.keep(inbox.take(100, awaiting: 10, microseconds: long)) }
        // So that it most likely waits already; if not, the outcome is the same.
        try await Task.sleep(for: .milliseconds(5))
        inbox.close()
        let (items, cameAll) = await taken.value
        #expect(items == [1] && !cameAll)
    }
}

/// What another thread took.
private final class Taken: Sendable {
    private let stream: AsyncStream<([Int], Bool)>
    private let continuation: AsyncStream<([Int], Bool)>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func keep(_ taken: (items: [Int], cameAll: Bool)) {
        continuation.yield((taken.items, taken.cameAll))
    }

    var value: ([Int], Bool) {
        get async {
            for await value in stream { return value }
            return ([], false)
        }
    }
}
