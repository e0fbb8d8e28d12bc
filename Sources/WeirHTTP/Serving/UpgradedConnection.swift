internal import NIOCore
internal import Synchronization

/// What a connection does after it was given to another protocol, so that the server can wait for its end.
final class UpgradedConnection: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)

    func begin(_ serve: @escaping @Sendable (any Channel) async -> Void, on channel: any Channel) {
        // Unstructured, since the event loop cannot wait: the server does, in `end`.
        let task = Task { await serve(channel) }
        self.task.withLock { $0 = task }
    }

    /// Returns when all is done that there was to do; at once if it was never given away.
    func end() async {
        guard let task = task.withLock({ $0 }) else { return }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
