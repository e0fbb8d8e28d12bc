internal import Synchronization
internal import WeirDomain
internal import WeirStorage

/// Lets many callers that want the same thing at the same time share reads.
///
/// A few read for themselves; those that come while these are on their way share the next read. So a caller shares
/// only what was read after it came, and sees whatever was written before.
final class CoalescedReads<Value: Sendable>: Sendable {
    private typealias Outcome = Result<Value, StorageError>
    private typealias Caller = UnsafeContinuation<Turn, Never>

    private enum Turn {
        /// Reads, for itself and for these.
        case lead([Caller])
        case answer(Outcome)
    }

    private struct Line {
        var readers = 0
        var waiting: [Caller] = []
    }

    private let readersOfOne: Int
    private let lines = Mutex<[QueueKey: Line]>([:])

    /// With at most `readersOfOne` reads of one key on their way at a time.
    init(readersOfOne: Int) {
        self.readersOfOne = readersOfOne
    }

    func read(
        _ key: QueueKey, _ body: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        switch await turn(key) {
        case .answer(let outcome): return try outcome.get()
        case .lead(let followers):
            let outcome: Outcome
            do throws(StorageError) { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            for follower in followers { follower.resume(returning: .answer(outcome)) }
            makeRoom(in: key)
            return try outcome.get()
        }
    }

    private func turn(_ key: QueueKey) async -> Turn {
        await withUnsafeContinuation { continuation in
            let mayRead = lines.withLock { lines in
                guard lines[key, default: Line()].readers < readersOfOne else {
                    lines[key]?.waiting.append(continuation)
                    return false
                }
                lines[key, default: Line()].readers += 1
                return true
            }
            if mayRead { continuation.resume(returning: .lead([])) }
        }
    }

    /// One reader has ended: of those that wait, the first reads for all.
    private func makeRoom(in key: QueueKey) {
        let waiting = lines.withLock { lines -> [Caller] in
            guard let line = lines[key] else { return [] }
            guard line.waiting.isEmpty else {
                lines[key]?.waiting = []
                return line.waiting
            }
            lines[key] = line.readers == 1 ? nil : Line(readers: line.readers - 1)
            return []
        }
        waiting.first?.resume(returning: .lead(Array(waiting.dropFirst())))
    }
}
