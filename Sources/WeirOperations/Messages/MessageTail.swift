internal import Synchronization
package import WeirDomain
package import WeirStorage

/// Lets readers on this node follow queues that have subscriptions.
package protocol MessageTail: Sendable {
    /// The messages that are posted to the queue from now on, through whatever node.
    func follow(_ queue: QueueKey) async throws(StorageError) -> FollowedQueue
}

/// The messages of a queue as they are posted: each once, in their order. There is one reader.
package final class FollowedQueue: Sendable {
    /// Why there are no more messages.
    package enum End: Sendable {
        /// The reader wanted no more.
        case unwanted
        /// What waited for the reader was more than it or all readers of the node may have.
        case tooSlow
        /// The node was away for so long that messages may have passed it by.
        case missed
    }

    private struct State {
        var waiting = 0
        var end: End?
    }

    package let queue: QueueKey
    /// Each that was handed on is to be told to `took`.
    package let messages: AsyncStream<AnnouncedMessage>
    private let continuation: AsyncStream<AnnouncedMessage>.Continuation
    private let room: TailRoom
    private let state = Mutex(State())

    /// - Parameter room: What all followed queues of the node share.
    package init(_ queue: QueueKey, sharing room: TailRoom = TailRoom()) {
        self.queue = queue
        self.room = room
        (messages, continuation) = AsyncStream.makeStream()
    }

    deinit {
        room.leave(state.withLock { $0.waiting })
    }

    /// Why it has ended; nil as long as it goes on.
    package var ending: End? { state.withLock { $0.end } }

    /// Says that no more is wanted, or why there is no more. The first reason counts.
    package func end(_ reason: End = .unwanted) {
        state.withLock { $0.end = $0.end ?? reason }
        continuation.finish()
    }

    /// Hands over a message. False once nobody reads any more.
    package func put(_ message: AnnouncedMessage) -> Bool {
        let bytes = Self.bytes(of: message)
        let all = room.enter(bytes)
        let isAdmitted = state.withLock { state in
            let waiting = state.waiting + bytes
            let isWithin = waiting <= Limits.tailBytes && (all <= Limits.tailBytesPerNode || waiting == bytes)
            guard state.end == nil, isWithin else { return false }
            state.waiting = waiting
            return true
        }
        guard isAdmitted else {
            room.leave(bytes)
            end(.tooSlow)
            return false
        }
        continuation.yield(message)
        return true
    }

    /// The reader has handed this one on: it waits no more.
    package func took(_ message: AnnouncedMessage) {
        let bytes = Self.bytes(of: message)
        state.withLock { $0.waiting -= bytes }
        room.leave(bytes)
    }

    private static func bytes(of message: AnnouncedMessage) -> Int {
        message.body.bytes.count + Limits.tailMessageBytes
    }

    /// Called back once it has ended.
    package func whenEnded(_ body: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in body() }
    }
}

/// Bytes that wait for the readers of a node, all together.
package final class TailRoom: Sendable {
    private let waiting = Atomic<Int>(0)

    package init() {}

    func enter(_ bytes: Int) -> Int {
        waiting.add(bytes, ordering: .relaxed).newValue
    }

    func leave(_ bytes: Int) {
        waiting.subtract(bytes, ordering: .relaxed)
    }
}
