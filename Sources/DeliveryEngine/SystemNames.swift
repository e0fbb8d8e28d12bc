internal import CSpawn
internal import Glibc
package import StoreThreads
internal import Synchronization
package import WeirDomain

/// The system's own resolver, on threads of its own, in turns that keep dead name servers from holding all of them. Several
/// that ask for one name at a time share one look-up, and a name whose look-up fails or hangs is not asked for again for a
/// while.
package final class SystemNames: NameService {
    private typealias Outcome = Result<[IPAddress], DeliveryFailure>
    private typealias Continuation = UnsafeContinuation<Outcome, Never>

    private struct Entry {
        var outcome: Outcome?
        var until: Instant
        var waiting: [Continuation] = []
        /// Those for whom it has still to get its turn; none once it has.
        var askers: Set<ProjectID?> = []
        var isUnderWay = false
        /// Ends the wait of those who asked.
        var alarm: Task<Void, Never>?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var turns = LookupTurns()
    }

    private let state = Mutex(State())
    private let inbox = Inbox<LookupTurns.Turn>(capacity: Limits.nameLookups)
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
                while let turn = inbox.take(1).first {
                    let outcome = look(turn.name)
                    self?.settle(turn, outcome)
                }
            }
        }
    }

    package func shutdown() {
        inbox.close()
    }

    package func addresses(of name: String, for project: ProjectID?) async throws(DeliveryFailure) -> [IPAddress] {
        let outcome: Outcome = await withUnsafeContinuation { continuation in
            if let known = join(name, for: project, continuation) { continuation.resume(returning: known) }
        }
        return try outcome.get()
    }

    /// The outcome if it is known; otherwise the continuation waits for it.
    private func join(_ name: String, for project: ProjectID?, _ continuation: Continuation) -> Outcome? {
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
                    // Whoever asks first may have to wait for long.
                    if !entry.isUnderWay, !entry.askers.contains(project),
                        state.turns.wait(name, for: project, now: now)
                    {
                        entry.askers.insert(project)
                    }
                    state.entries[name] = entry
                    begin(&state)
                    return nil
                }
            }
            makeRoom(&state, now)
            guard state.entries.count < Limits.rememberedNames, state.turns.wait(name, for: project, now: now) else {
                return .failure(.busy)
            }
            let patience = now.adding(milliseconds: Limits.deliveryConnectMilliseconds)
            // Unstructured: the look-up is not any one caller's.
            let alarm = Task.detached { [weak self] in
                try? await Task.sleep(for: .milliseconds(Limits.deliveryConnectMilliseconds))
                if !Task.isCancelled { self?.dismiss(name) }
            }
            state.entries[name] = Entry(
                outcome: nil, until: patience, waiting: [continuation], askers: [project], alarm: alarm)
            begin(&state)
            return nil
        }
    }

    /// Begins the look-ups whose turn it is. Each finds a thread: there are no more turns than threads.
    private func begin(_ state: inout State) {
        while let turn = state.turns.next() {
            state.turns.giveUp(turn.name)
            state.entries[turn.name]?.isUnderWay = true
            _ = inbox.put(turn)
        }
    }

    private func makeRoom(_ state: inout State, _ now: Instant) {
        guard state.entries.count >= Limits.rememberedNames else { return }
        state.entries = state.entries.filter { $0.value.outcome == nil || now < $0.value.until }
        if state.entries.count >= Limits.rememberedNames {
            state.entries = state.entries.filter { $0.value.outcome == nil }
        }
    }

    /// Those who wait get no answer. A look-up that is under way goes on, and others that ask meanwhile are told at once;
    /// one that did not get its turn is forgotten.
    private func dismiss(_ name: String) {
        let (waiting, failure) = state.withLock { state -> ([Continuation], DeliveryFailure) in
            guard let entry = state.entries[name], entry.outcome == nil else { return ([], .busy) }
            if entry.isUnderWay {
                state.entries[name]?.waiting = []
                return (entry.waiting, .unreachable("the look-up of \(name) takes too long"))
            }
            state.entries[name] = nil
            state.turns.giveUp(name)
            return (entry.waiting, .busy)
        }
        for continuation in waiting { continuation.resume(returning: .failure(failure)) }
    }

    private func settle(_ turn: LookupTurns.Turn, _ outcome: Outcome) {
        let name = turn.name
        let waiting = state.withLock { state in
            let waiting = state.entries[name]?.waiting ?? []
            state.entries[name]?.alarm?.cancel()
            let isGood = if case .success = outcome { true } else { false }
            let lasts = isGood ? Limits.nameMilliseconds : Limits.failedNameMilliseconds
            let now = now()
            state.entries[name] = Entry(outcome: outcome, until: now.adding(milliseconds: lasts))
            state.turns.end(turn, isGood: isGood, now: now)
            begin(&state)
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
