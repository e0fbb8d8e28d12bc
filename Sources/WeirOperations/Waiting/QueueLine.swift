package import WeirDomain

/// What somebody waits for in a queue.
package enum WaitPurpose: Hashable, Sendable {
    /// To take messages away, at most so many: what one takes, nobody else gets.
    case taking(Int)
    /// To see messages: all that wait may see the same.
    case seeing
}

/// What somebody in line does next.
package enum WaitTurn: Hashable, Sendable {
    /// It looks again.
    case look
    /// Its time is over: it looks for the last time.
    case over
    /// It has been called off.
    case ended
}

/// What one look at a queue says to those that wait.
package struct QueueGlance: Hashable, Sendable {
    /// Messages that nobody has claimed.
    package let free: Int
    /// Changes with what there is to see.
    package let content: [String]
    /// Whether messages may come to light that change neither of the two.
    package let isVague: Bool

    package init(free: Int, content: [String], isVague: Bool) {
        self.free = free
        self.content = content
        self.isVague = isVague
    }
}

/// Those that wait for messages of one queue, in the order in which they came. It only decides; whoever keeps it
/// resumes the callers that it hands out.
///
/// Somebody in line either looks whether there is something, or is parked until there may be. Who is told while it looks
/// is due: it looks again instead of being parked. So nothing that comes after a look began is missed.
package struct QueueLine<Caller> {
    private struct Waiter {
        let number: UInt64
        let wants: Int
        let deadline: Timestamp
        var isDue = false
        var hasEnded = false
        /// What the last glance showed that it was told of.
        var known: [String]?
        var parked: Caller?

        mutating func unpark() -> Caller? {
            defer { parked = nil }
            return parked
        }
    }

    private var takers: [Waiter] = []
    private var viewers: [Waiter] = []
    private var nextGlance: Timestamp

    package init(at now: Timestamp) {
        nextGlance = Self.glance(after: now)
    }

    /// How many are in line.
    package var count: Int { takers.count + viewers.count }

    private static func glance(after now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + Int64(Limits.glanceMilliseconds))
    }

    // MARK: Coming and going

    /// Puts somebody at the end. True if it should look at once: others that want to take messages and came before have
    /// found none.
    package mutating func join(_ number: UInt64, to purpose: WaitPurpose, until deadline: Timestamp) -> Bool {
        switch purpose {
        case .taking(let wants):
            takers.append(Waiter(number: number, wants: wants, deadline: deadline))
            return takers.count == 1
        case .seeing:
            viewers.append(Waiter(number: number, wants: 0, deadline: deadline))
            return true
        }
    }

    /// What somebody that found nothing does now: nil if it is parked.
    package mutating func park(_ number: UInt64, _ caller: Caller, now: Timestamp) -> WaitTurn? {
        change(number) { waiter -> WaitTurn? in
            if waiter.hasEnded { return .ended }
            if waiter.isDue {
                waiter.isDue = false
                return .look
            }
            if waiter.deadline <= now { return .over }
            waiter.parked = caller
            return nil
        } ?? .ended
    }

    /// Ends a wait before its time.
    package mutating func end(_ number: UInt64) -> Caller? {
        change(number) { waiter in
            waiter.hasEnded = true
            return waiter.unpark()
        } ?? nil
    }

    /// Ends all waits.
    package mutating func disband() -> [Caller] {
        let callers = takers.compactMap(\.parked) + viewers.compactMap(\.parked)
        takers = []
        viewers = []
        return callers
    }

    /// Takes somebody out of the line. What it was told and did not use is for the next, and so is what it left.
    package mutating func leave(_ number: UInt64, leavingMore: Bool) -> [Caller] {
        if let index = takers.firstIndex(where: { $0.number == number }) {
            return takers.remove(at: index).isDue || leavingMore ? wakeTakers(messages: 1) : []
        }
        viewers.removeAll { $0.number == number }
        return []
    }

    /// - Returns: What `body` does, nil if nobody has this number.
    private mutating func change<Value>(_ number: UInt64, _ body: (inout Waiter) -> Value) -> Value? {
        if let index = takers.firstIndex(where: { $0.number == number }) { return body(&takers[index]) }
        if let index = viewers.firstIndex(where: { $0.number == number }) { return body(&viewers[index]) }
        return nil
    }

    // MARK: Waking

    /// There may be so many messages more: those that take are told in order until all may be taken, and all that
    /// only want to see.
    package mutating func wake(messages: Int) -> [Caller] {
        wakeTakers(messages: messages) + wakeViewers()
    }

    /// Those that are parked first: the others look already.
    private mutating func wakeTakers(messages: Int) -> [Caller] {
        let looking = takers.indices.filter { takers[$0].parked == nil && !takers[$0].isDue }
        var left = messages
        var woken: [Caller] = []
        for index in takers.indices where left > 0 {
            guard let caller = takers[index].unpark() else { continue }
            left -= takers[index].wants
            woken.append(caller)
        }
        for index in looking where left > 0 {
            left -= takers[index].wants
            takers[index].isDue = true
        }
        return woken
    }

    private mutating func wakeViewers() -> [Caller] {
        viewers.indices.compactMap { index in
            let caller = viewers[index].unpark()
            if caller == nil { viewers[index].isDue = true }
            return caller
        }
    }

    // MARK: Time

    /// Those whose time is over, and whether somebody has to glance at the queue for those that are left.
    package mutating func step(_ now: Timestamp) -> (over: [Caller], mustGlance: Bool) {
        let over = Self.unpark(&takers, dueBy: now) + Self.unpark(&viewers, dueBy: now)
        let isParked = takers.contains { $0.parked != nil } || viewers.contains { $0.parked != nil }
        guard isParked, nextGlance <= now else { return (over, false) }
        nextGlance = Self.glance(after: now)
        return (over, true)
    }

    private static func unpark(_ waiters: inout [Waiter], dueBy now: Timestamp) -> [Caller] {
        waiters.indices.compactMap { waiters[$0].deadline <= now ? waiters[$0].unpark() : nil }
    }

    /// What a glance found: one that takes messages looks, and lets the next one know if it leaves any; those that see
    /// look if there is anything new, and once in any case: it may have come between their look and the first glance.
    /// Where a glance cannot tell, a few of them look, by turns.
    package mutating func apply(_ glance: QueueGlance) -> [Caller] {
        var woken = glance.free > 0 ? wakeTakers(messages: 1) : []
        for index in viewers.indices where viewers[index].known != glance.content {
            viewers[index].known = glance.content
            let caller = viewers[index].unpark()
            if let caller { woken.append(caller) } else { viewers[index].isDue = true }
        }
        guard glance.isVague else { return woken }
        for _ in 0..<min(viewers.count, Limits.viewersPerGlance) {
            var viewer = viewers.removeFirst()
            if let caller = viewer.unpark() { woken.append(caller) }
            viewers.append(viewer)
        }
        return woken
    }

    /// Milliseconds until something has to be done again.
    package func pause(_ now: Timestamp) -> Int {
        var next = nextGlance > now ? nextGlance : Self.glance(after: now)
        for waiter in takers where waiter.deadline > now { next = min(next, waiter.deadline) }
        for waiter in viewers where waiter.deadline > now { next = min(next, waiter.deadline) }
        return Int(max(1, next.milliseconds - now.milliseconds))
    }
}
