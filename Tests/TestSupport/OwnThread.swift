import Foundation

/// Does what keeps its thread waiting, such as starting a server, on a thread of its own: the few threads of the pool are
/// for all tests together, and those with real clocks go wrong while nobody runs them.
package func onOwnThread<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
