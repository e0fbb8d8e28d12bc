internal import RedisEngine
internal import Synchronization
internal import WeirDomain
internal import WeirStorage

/// Gathers the posts that wait for one connection: those to one queue join the batch of that queue which is in line
/// already, until its turn comes.
final class PostDesk: Sendable {
    private struct State {
        var open: [QueueRef: PostBatch] = [:]
        var waiting = 0
    }

    private let state = Mutex(State())
    private let connection: RedisConnection
    /// Posts that may wait.
    private let capacity: Int

    init(_ connection: RedisConnection, capacity: Int) {
        self.connection = connection
        self.capacity = capacity
    }

    func post(_ post: Post, to queue: QueueRef) async throws(StorageError) -> [MessageID] {
        let result: Result<[MessageID], StorageError> = await withUnsafeContinuation { continuation in
            switch place(post, queue, continuation) {
            case .joined: break
            case .full: continuation.resume(returning: .failure(.busy))
            case .opened(let batch): connection.submit(batch)
            }
        }
        return try result.get()
    }

    private enum Place {
        case joined
        case opened(PostBatch)
        case full
    }

    private func place(_ post: Post, _ queue: QueueRef, _ continuation: PostBatch.Continuation) -> Place {
        state.withLock { state in
            guard state.waiting < capacity else { return .full }
            state.waiting += 1
            if let batch = state.open[queue], batch.takes(post) {
                batch.add(post, continuation)
                return .joined
            }
            let batch = PostBatch(queue, self)
            batch.add(post, continuation)
            // One that was full stays in line; nobody joins it any more.
            state.open[queue] = batch
            return .opened(batch)
        }
    }

    /// Lets nobody join the batch any more.
    func close(_ batch: PostBatch) {
        state.withLock { state in
            if state.open[batch.queue] === batch { state.open[batch.queue] = nil }
        }
    }

    /// That many posts wait no longer.
    func left(_ count: Int) {
        state.withLock { $0.waiting -= count }
    }
}
