internal import Synchronization
package import WeirDomain

/// Wakes those who wait for something, by name. A ring that nobody hears is kept for the next one to wait.
package final class Doorbells: Sendable {
    /// One who waits. Each hears every ring since it last waited.
    package final class Listener: Sendable {
        private struct State {
            var isRung = false
            var waiting: UnsafeContinuation<Void, Never>?
        }

        private let state = Mutex(State())

        func ring() {
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                if state.waiting == nil { state.isRung = true }
                return state.waiting
            }
            waiting?.resume()
        }

        /// Returns once it rang, or after so many milliseconds, or when the task is cancelled. Only one task waits.
        func wait(milliseconds: Int, _ clock: any WeirClock) async {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.rung() }
                group.addTask { await clock.sleep(milliseconds: milliseconds) }
                await group.next()
                group.cancelAll()
            }
        }

        private func rung() async {
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    let isOver = state.withLock { state in
                        if !state.isRung && !Task.isCancelled { state.waiting = continuation }
                        defer { state.isRung = false }
                        return state.isRung || Task.isCancelled
                    }
                    if isOver { continuation.resume() }
                }
            } onCancel: {
                let waiting = state.withLock { state in
                    defer { state.waiting = nil }
                    return state.waiting
                }
                waiting?.resume()
            }
        }
    }

    private let listeners = Mutex<[QueueName?: [ObjectIdentifier: Listener]]>([:])

    package init() {}

    /// Heard by those who listen to this name, or else by those who look for names that nobody listens to.
    package func ring(_ name: QueueName) {
        let found = listeners.withLock { listeners in
            (listeners[name] ?? listeners[Self.unheard] ?? [:]).map(\.value)
        }
        for listener in found + everywhere.withLock({ $0 }) { listener.ring() }
    }

    private let everywhere = Mutex<[Listener]>([])

    /// One who hears every ring, for ever.
    func listenToAll() -> Listener {
        let listener = Listener()
        everywhere.withLock { $0.append(listener) }
        return listener
    }

    /// No queue's name.
    private static let unheard: QueueName? = nil

    /// One who hears what nobody else does, until `leave`.
    func listenForOthers() -> Listener { listen(Self.unheard) }

    /// One who waits for this name, until `leave`.
    func listen(_ name: QueueName?) -> Listener {
        let listener = Listener()
        listeners.withLock { $0[name, default: [:]][ObjectIdentifier(listener)] = listener }
        return listener
    }

    func leave(_ name: QueueName?, _ listener: Listener) {
        listeners.withLock { listeners in
            listeners[name]?[ObjectIdentifier(listener)] = nil
            if listeners[name]?.isEmpty ?? false { listeners[name] = nil }
        }
    }
}
