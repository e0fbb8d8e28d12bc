internal import Glibc
internal import Synchronization

/// Random numbers for ids that nobody can guess: the kernel's, fetched many at a time, since a system call for
/// each is a good part of what a small request costs.
package struct Entropy: RandomNumberGenerator {
    private static let pool = EntropyPool()

    package init() {}

    package mutating func next() -> UInt64 {
        Self.pool.next()
    }
}

private final class EntropyPool: Sendable {
    private struct State {
        /// 256 bytes are what one call gives.
        var numbers = [UInt64](repeating: 0, count: 32)
        var left = 0
    }

    private let state = Mutex(State())

    func next() -> UInt64 {
        state.withLock { state in
            if state.left == 0 {
                Self.fill(&state.numbers)
                state.left = state.numbers.count
            }
            state.left -= 1
            defer { state.numbers[state.left] = 0 }
            return state.numbers[state.left]
        }
    }

    private static func fill(_ numbers: inout [UInt64]) {
        let code = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        // It fails only on a kernel without random numbers, where no id may be given out.
        precondition(code == 0, "no random numbers")
    }
}
