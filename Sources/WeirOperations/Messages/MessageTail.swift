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
    package let queue: QueueKey
    /// Ends after `end`, or once the reader is `Limits.tailMessages` messages behind.
    package let messages: AsyncStream<AnnouncedMessage>
    private let continuation: AsyncStream<AnnouncedMessage>.Continuation
    private let cutOff = Atomic<Bool>(false)

    package init(_ queue: QueueKey) {
        self.queue = queue
        (messages, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Limits.tailMessages))
    }

    /// Whether the messages ended because the reader was too slow.
    package var wasCutOff: Bool { cutOff.load(ordering: .acquiring) }

    /// Says that no more is wanted.
    package func end() {
        continuation.finish()
    }

    /// Hands over a message. False once nobody reads any more.
    package func put(_ message: AnnouncedMessage) -> Bool {
        switch continuation.yield(message) {
        case .enqueued: return true
        case .dropped:
            cutOff.store(true, ordering: .releasing)
            continuation.finish()
            return false
        case .terminated: return false
        @unknown default: return false
        }
    }

    /// Whether somebody still reads: called back once nobody does.
    package func whenEnded(_ body: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in body() }
    }
}

/// Where nothing can be followed.
package struct NoMessageTail: MessageTail {
    package init() {}

    package func follow(_ queue: QueueKey) async throws(StorageError) -> FollowedQueue { FollowedQueue(queue) }
}
