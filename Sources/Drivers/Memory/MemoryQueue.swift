import WeirDomain

/// One open life of a queue: everything the pool holds of it, and how to find it.
struct MemoryQueue {
    var epoch: Epoch
    var role = MemoryRole.serving
    /// The turn that made it serve what was a shadow.
    var finalised: MoveTurn?
    /// Whether `clear` has begun to remove it.
    var isBeingCleared = false
    /// Whether nothing but the role is left.
    var isCleared = false
    var capture: MemoryCapture
    /// The highest sequence given out.
    var last = MessageSequence.start
    /// In sequence order; expired ones stay until they are collected.
    var messages: [Message] = []
    /// Where the latest message with a kept id is. Its id tells the sequence of another queue.
    var kept: [MessageID: MessageSequence] = [:]
    /// Ended ones stay until they are collected.
    var claims: [ClaimID: MemoryClaim] = [:]

    init(epoch: Epoch, planted: PlantedFault? = nil) {
        self.epoch = epoch
        capture = MemoryCapture(planted: planted)
    }

    var hasMoved: Bool {
        guard case .moved = role else { return false }
        return true
    }

    /// The place of the first message at or after `sequence`; the count if there is none.
    func place(of sequence: MessageSequence) -> Int {
        var low = 0
        var high = messages.count
        while low < high {
            let middle = (low + high) / 2
            if messages[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The place of the visible message with this id, under the sequence in its id or a later one.
    func place(of id: MessageID, at now: Timestamp) -> Int? {
        place(of: id, under: id.sequence, at: now)
            ?? kept[id].flatMap { place(of: id, under: $0, at: now) }
    }

    private func place(of id: MessageID, under sequence: MessageSequence, at now: Timestamp) -> Int? {
        let place = place(of: sequence)
        guard place < messages.count, messages[place].sequence == sequence else { return nil }
        return messages[place].id == id && messages[place].isVisible(at: now) ? place : nil
    }

    /// Removes the messages at these places, which rise, because somebody wants it.
    mutating func delete(_ places: [Int]) {
        if capture.planted != .deletionsNotMarked {
            for place in places { capture.mark(.message(messages[place].sequence)) }
        }
        remove(places)
    }

    /// Removes the messages at these places, which rise.
    mutating func remove(_ places: [Int]) {
        for place in places.reversed() {
            let gone = messages.remove(at: place)
            if kept[gone.id] == gone.sequence { kept[gone.id] = nil }
        }
    }

    /// The places of the first `limit` messages that meet the condition.
    func places(_ limit: Int, where condition: (Message) -> Bool) -> [Int] {
        var places: [Int] = []
        for place in messages.indices where condition(messages[place]) {
            guard places.count < limit else { break }
            places.append(place)
        }
        return places
    }
}

/// What the pool does with a queue that it knows.
enum MemoryRole: Hashable {
    case serving
    case importing(MoveTurn)
    /// By this turn, at this time.
    case moved(MoveTurn, Timestamp)
}

/// What the pool remembers of a claim besides the marks on its messages.
struct MemoryClaim {
    var ttl: Int
    var renewed: Timestamp
    /// The first instant at which it no longer holds.
    var until: Timestamp

    init(ttl: Int, from now: Timestamp) {
        self.ttl = ttl
        renewed = now
        until = now.adding(seconds: ttl)
    }

    init(ttl: Int, renewed: Timestamp, until: Timestamp) {
        self.ttl = ttl
        self.renewed = renewed
        self.until = until
    }
}
