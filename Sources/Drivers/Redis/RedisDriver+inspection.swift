internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func lives(after life: QueueLife, limit: Int) async throws(StorageError) -> [HeldLife] {
        let after = life.value < 0 ? "-" : "(\(QueueKeys(life).place)"
        let reply = try await connections[0].ask(changesStore: false) { buffer in
            buffer.begin(script: Script.lives.index, keys: 1, arguments: 5)
            buffer.add(QueueKeys.lives)
            buffer.add(after)
            buffer.add(Int64(max(0, limit)))
            buffer.add(QueueKeys.around.before)
            buffer.add(QueueKeys.around.header)
            buffer.add(QueueKeys.around.move)
        }
        var lives: [HeldLife] = []
        for entry in try Answer.elements(reply) {
            if let life = HeldLife(try Answer.elements(entry)) { lives.append(life) }
        }
        return lives
    }

    package func inspect(
        _ life: QueueLife, repairing: Bool, now: Timestamp
    ) async throws(StorageError) -> [PoolFinding] {
        var found = Found()
        do throws(StorageError) {
            found.add(messages: try await inspect(life, nil, repairing, now))
            for index in ["free", "held", "late", "states", "kept", "times", "claims", "expiry"] {
                found.add(entries: try await inspect(life, index, repairing, now))
            }
        } catch .queueNotOpen {
            return []
        }
        return found.findings(areRepaired: repairing)
    }

    /// Looks at all messages, or at all entries of an index, step by step, and adds up what the steps count.
    private func inspect(
        _ life: QueueLife, _ index: String?, _ repairing: Bool, _ now: Timestamp
    ) async throws(StorageError) -> [Int] {
        var counts = [0, 0, 0]
        var cursor = "0"
        let name = QueueKeys(life).life
        repeat {
            let script = index == nil ? Script.inspect : .inspectEntries
            let reply = try await run(script, on: life, arguments: index == nil ? 4 : 5) { [cursor] buffer in
                buffer.add(name)
                buffer.add(cursor)
                buffer.add(now.milliseconds)
                buffer.add(repairing ? "1" : "0")
                if let index { buffer.add(index) }
            }
            let parts = try Answer.elements(reply)
            guard parts.count == 4, let next = parts[0].text else { throw Answer.strange }
            for place in 0..<3 { counts[place] += Int(try Answer.integer(parts[place + 1])) }
            cursor = next
        } while cursor != "0"
        return counts
    }
}

/// What the steps of an inspection have counted.
private struct Found {
    private var misplaced = 0
    private var unclaimed = 0
    private var endless = 0
    private var empty = 0
    private var miscounted = 0

    /// - Parameter counts: As `inspect.lua` returns them.
    mutating func add(messages counts: [Int]) {
        misplaced += counts[0]
        unclaimed += counts[1]
        endless += counts[2]
    }

    /// - Parameter counts: As `inspect_entries.lua` returns them.
    mutating func add(entries counts: [Int]) {
        empty += counts[0]
        endless += counts[1]
        miscounted += counts[2]
    }

    func findings(areRepaired: Bool) -> [PoolFinding] {
        let all: [(PoolFinding.Kind, Int, String)] = [
            (.wrongIndex, misplaced, "messages that not exactly one index finds"),
            (.claimWithoutRecord, unclaimed, "messages held by claims that do not exist"),
            (.wrongIndex, endless, "messages and claims whose end nothing would notice"),
            (.wrongIndex, empty, "entries of indexes that stand for nothing"),
            (.wrongCount, miscounted, "blocks of messages with a wrong count"),
        ]
        return all.filter { $0.1 > 0 }.map { kind, count, what in
            PoolFinding(kind, "\(count) \(what)", isRepaired: areRepaired)
        }
    }
}

extension HeldLife {
    /// Reads what `lives.lua` returns for a life; nil for one that is not held any more.
    fileprivate init?(_ entry: [RedisReply]) {
        let numbers = entry.map { $0.text.flatMap { Int64($0) } }
        guard entry.count == 5, let life = numbers[0], let header = entry[1].text, let epoch = Int64(header.dropFirst())
        else { return nil }
        let turn = MoveTurn(numbers[2] ?? 0)
        let role: Role
        switch header.first {
        case "S", "C", "F": role = .serving
        case "I": role = .importing(turn)
        case "M": role = .moved(turn)
        default: return nil
        }
        self.init(
            life: QueueLife(life), epoch: Epoch(epoch), role: role, capture: numbers[3],
            fence: numbers[4].map { MoveTurn($0) })
    }
}
