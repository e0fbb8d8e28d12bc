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
            for place in ["messages", "parcels"] {
                found.add(messages: try await inspect(.inspect, life, place, repairing, now))
            }
            let indexes = ["parcels", "sealed", "free", "held", "late", "states", "kept", "times", "claims", "expiry"]
            for index in indexes { found.add(entries: try await inspect(.inspectEntries, life, index, repairing, now)) }
            found.add(strayBodies: try await inspectBodies(of: life, repairing))
            found.add(counts: try await inspectCount(of: life, repairing))
        } catch .queueNotOpen {
            return []
        }
        return found.findings(areRepaired: repairing)
    }

    /// Looks at all messages, or at all entries of an index, step by step, and adds up what the steps count.
    private func inspect(
        _ script: Script, _ life: QueueLife, _ place: String, _ repairing: Bool, _ now: Timestamp
    ) async throws(StorageError) -> [Int] {
        var counts = [0, 0, 0]
        var cursor = "0"
        let name = QueueKeys(life).life
        repeat {
            let reply = try await run(script, on: life, arguments: 5) { [cursor] buffer in
                buffer.add(name)
                buffer.add(cursor)
                buffer.add(now.milliseconds)
                buffer.add(repairing ? "1" : "0")
                buffer.add(place)
            }
            let parts = try Answer.elements(reply)
            guard parts.count == 4, let next = parts[0].text else { throw Answer.strange }
            for place in 0..<3 { counts[place] += Int(try Answer.integer(parts[place + 1])) }
            cursor = next
        } while cursor != "0"
        return counts
    }

    /// How many bodies no parcel leads to. Bodies and their parcel come and go together, so those that are seen before the
    /// parcels, and are still there after them, would be led to.
    private func inspectBodies(of life: QueueLife, _ repairing: Bool) async throws(StorageError) -> Int {
        let bodies = try await names("bodies", of: life)
        let parcels = try await names("parcels", of: life)
        var strays = 0
        for name in bodies.subtracting(parcels) {
            let reply = try await run(.inspectStray, on: life, arguments: 2) { buffer in
                buffer.add(name)
                buffer.add(repairing ? "1" : "0")
            }
            strays += Int(try Answer.integer(reply))
        }
        return strays
    }

    private func names(_ place: String, of life: QueueLife) async throws(StorageError) -> Set<[UInt8]> {
        var names: Set<[UInt8]> = []
        var cursor = "0"
        repeat {
            let reply = try await run(.inspectNames, on: life, arguments: 2, changes: false) { [cursor] buffer in
                buffer.add(place)
                buffer.add(cursor)
            }
            let parts = try Answer.elements(reply)
            guard parts.count == 2, let next = parts[0].text else { throw Answer.strange }
            for name in try Answer.elements(parts[1]) {
                if case .bytes(let name) = name { names.insert(name) }
            }
            cursor = next
        } while cursor != "0"
        return names
    }

    private func inspectCount(of life: QueueLife, _ repairing: Bool) async throws(StorageError) -> Int {
        Int(try Answer.integer(try await run(.inspectCount, on: life, arguments: 1) { $0.add(repairing ? "1" : "0") }))
    }
}

/// What the steps of an inspection have counted.
private struct Found {
    private var misplaced = 0
    private var unclaimed = 0
    private var endless = 0
    private var empty = 0
    private var miscounted = 0
    private var strayBodies = 0
    private var wrongCounts = 0

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

    mutating func add(strayBodies count: Int) { strayBodies += count }
    mutating func add(counts count: Int) { wrongCounts += count }

    func findings(areRepaired: Bool) -> [PoolFinding] {
        let all: [(PoolFinding.Kind, Int, String)] = [
            (.wrongIndex, misplaced, "messages that not exactly one index finds"),
            (.claimWithoutRecord, unclaimed, "messages held by claims that do not exist"),
            (.wrongIndex, endless, "messages and claims whose end nothing would notice"),
            (.wrongIndex, empty, "entries of indexes that stand for nothing"),
            (.wrongCount, miscounted, "blocks of messages with a wrong count"),
            (.wrongIndex, strayBodies, "bodies that no parcel leads to"),
            (.wrongCount, wrongCounts, "counts of messages in sealed parcels that are wrong"),
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
