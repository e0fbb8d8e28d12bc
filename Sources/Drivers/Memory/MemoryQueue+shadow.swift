import WeirDomain
import WeirStorage

/// The queue as the target of a move sees it.
extension MemoryQueue {
    /// What a turn finds that wants to make this a shadow of the queue under `epoch`; nil if it may not.
    func shadowStart(_ turn: MoveTurn, _ epoch: Epoch) -> ShadowStart? {
        switch role {
        case .importing(let last):
            guard last <= turn, self.epoch <= epoch else { return nil }
            return continuation(of: last, turn)
        case .serving:
            guard let finalised, finalised < turn, finalised.migration == turn.migration, self.epoch == epoch else {
                return nil
            }
            return .continued
        case .moved(let last, _):
            guard last <= turn, self.epoch < epoch else { return nil }
            return isCleared ? .fresh : continuation(of: last, turn)
        }
    }

    private func continuation(of last: MoveTurn, _ turn: MoveTurn) -> ShadowStart {
        last.migration == turn.migration && !isBeingCleared ? .continued : .leftover
    }

    mutating func becomeShadow(_ turn: MoveTurn, _ epoch: Epoch) {
        self.epoch = epoch
        role = .importing(turn)
        finalised = nil
        isBeingCleared = false
        isCleared = false
        capture.end()
    }

    func isImporting(by turn: MoveTurn) -> Bool {
        guard case .importing(let own) = role, !isBeingCleared else { return false }
        return own == turn || capture.planted == .importTurnNotChecked
    }

    mutating func take(_ part: QueuePart) {
        remove(part.goneMessages.compactMap(presentPlace).sorted())
        for id in part.goneClaims { claims[id] = nil }
        for message in part.messages { put(message) }
        for claim in part.claims {
            claims[claim.id] = MemoryClaim(ttl: claim.ttl, renewed: claim.renewed, until: claim.until)
        }
    }

    private func presentPlace(of sequence: MessageSequence) -> Int? {
        let place = place(of: sequence)
        return place < messages.count && messages[place].sequence == sequence ? place : nil
    }

    private mutating func put(_ message: Message) {
        if let place = presentPlace(of: message.sequence) { remove([place]) }
        messages.insert(message, at: place(of: message.sequence))
        guard message.id.sequence != message.sequence else { return }
        kept[message.id] = max(kept[message.id] ?? message.sequence, message.sequence)
    }

    mutating func finalise(_ turn: MoveTurn, _ epoch: Epoch, last: MessageSequence, isCapturing: Bool) {
        let held = messages.last?.sequence ?? .start
        self.last = capture.planted == .sequenceNotCarried ? held : max(last, held, self.last)
        self.epoch = epoch
        role = .serving
        finalised = turn
        if isCapturing { capture.begin(turn.migration) }
    }

    // MARK: Clearing

    /// Whether this turn may remove it, because the pool does not serve it.
    func mayBeCleared(by turn: MoveTurn) -> Bool {
        switch role {
        case .serving: false
        case .importing(let last): last <= turn
        case .moved(let last, _): last.migration <= turn.migration
        }
    }

    /// Removes at most `limit` messages and claims.
    mutating func clear(_ turn: MoveTurn, limit: Int) {
        if !hasMoved { role = .importing(turn) }
        capture.end()
        isBeingCleared = true
        let places = places(limit) { _ in true }
        remove(places)
        for id in claims.keys.prefix(limit - places.count) { claims[id] = nil }
    }
}
