internal import CSpawn
internal import Glibc
package import StoreThreads
internal import Synchronization
package import WeirDomain

/// The system's own resolver, on threads of its own. Several that ask for one name at a time share one look-up, and a name
/// whose look-up fails or hangs is not asked for again for a while: else a few dead name servers would hold all threads.
package final class SystemNames: NameService {
    private typealias Outcome = Result<[IPAddress], DeliveryFailure>
    private typealias Continuation = UnsafeContinuation<Outcome, Never>

    private struct Entry {
        var outcome: Outcome?
        var until: Instant
        var waiting: [Continuation] = []
        /// Ends the wait of those who asked.
        var alarm: Task<Void, Never>?
    }

    private struct State {
        var entries: [String: Entry] = [:]
    }

    private let state = Mutex(State())
    private let inbox = Inbox<String>(capacity: Limits.waitingNameLookups)
    private let look: @Sendable (String) -> Result<[IPAddress], DeliveryFailure>
    private let now: @Sendable () -> Instant

    /// - Parameters:
    ///   - look: What a look-up is, called on a thread that may wait.
    ///   - now: What time it is.
    package init(
        look: @escaping @Sendable (String) -> Result<[IPAddress], DeliveryFailure> = SystemNames.systemLookup,
        now: @escaping @Sendable () -> Instant = { Instant.now }
    ) {
        self.look = look
        self.now = now
        for _ in 0..<Limits.nameLookups {
            Thread.start { [weak self, inbox, look] in
                while let name = inbox.take(1).first {
                    let outcome = look(name)
                    self?.settle(name, outcome)
                }
            }
        }
    }

    package func shutdown() {
        inbox.close()
    }

    package func addresses(of name: String) async throws(DeliveryFailure) -> [IPAddress] {
        let outcome: Outcome = await withUnsafeContinuation { continuation in
            if let known = join(name, continuation) { continuation.resume(returning: known) }
        }
        return try outcome.get()
    }

    /// The outcome if it is known; otherwise the continuation waits for it.
    private func join(_ name: String, _ continuation: Continuation) -> Outcome? {
        state.withLock { state in
            let now = self.now()
            if var entry = state.entries[name] {
                if let outcome = entry.outcome, now < entry.until { return outcome }
                if entry.outcome == nil {
                    // On its way, perhaps for long: who comes late is told so at once.
                    guard now < entry.until, entry.waiting.count < Limits.waitingDeliveries else {
                        return .failure(.unreachable("the look-up of \(name) takes too long"))
                    }
                    entry.waiting.append(continuation)
                    state.entries[name] = entry
                    return nil
                }
            }
            makeRoom(&state, now)
            guard state.entries.count < Limits.rememberedNames, inbox.put(name) == nil else {
                return .failure(.busy)
            }
            let patience = now.adding(milliseconds: Limits.deliveryConnectMilliseconds)
            // Unstructured: the look-up is not any one caller's.
            let alarm = Task.detached { [weak self] in
                try? await Task.sleep(for: .milliseconds(Limits.deliveryConnectMilliseconds))
                if !Task.isCancelled { self?.dismiss(name) }
            }
            state.entries[name] = Entry(outcome: nil, until: patience, waiting: [continuation], alarm: alarm)
            return nil
        }
    }

    private func makeRoom(_ state: inout State, _ now: Instant) {
        guard state.entries.count >= Limits.rememberedNames else { return }
        state.entries = state.entries.filter { $0.value.outcome == nil || now < $0.value.until }
        if state.entries.count >= Limits.rememberedNames {
            state.entries = state.entries.filter { $0.value.outcome == nil }
        }
    }

    /// Those who wait get no answer; the look-up goes on, and others that ask meanwhile are told at once.
    private func dismiss(_ name: String) {
        let waiting = state.withLock { state in
            defer { state.entries[name]?.waiting = [] }
            return state.entries[name]?.outcome == nil ? state.entries[name]?.waiting ?? [] : []
        }
        for continuation in waiting {
            continuation.resume(returning: .failure(.unreachable("the look-up of \(name) takes too long")))
        }
    }

    private func settle(_ name: String, _ outcome: Outcome) {
        let waiting = state.withLock { state in
            let waiting = state.entries[name]?.waiting ?? []
            state.entries[name]?.alarm?.cancel()
            let isGood = if case .success = outcome { true } else { false }
            let lasts = isGood ? Limits.nameMilliseconds : Limits.failedNameMilliseconds
            state.entries[name] = Entry(outcome: outcome, until: now().adding(milliseconds: lasts))
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }

    // MARK: The system

    /// Asks the system, and waits for it.
    package static let systemLookup: @Sendable (String) -> Result<[IPAddress], DeliveryFailure> = { name in
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = weir_stream_socket()
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else {
            return .failure(.unreachable("no address for \(name): \(String(cString: gai_strerror(code)))"))
        }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr.flatMap({ IPAddress(socketAddress: $0) }),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(.unreachable("no address for \(name)")) : .success(addresses)
    }
}
