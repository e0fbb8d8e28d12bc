internal import WeirDomain
internal import WeirStorage

/// Copying, carrying over what has changed, and comparing.
extension Mover {
    // MARK: Copying

    /// Copies claims and then messages, page by page, from where the copy stands to what is the last message now. Later
    /// ones have marks: no copy runs after those who post.
    func copy() async throws(MoveInterruption) {
        let source = try await census(atSource: true)
        migration.progress.total = source.stats.total
        try await copyClaims()
        node.reach(.claimsCopied)
        while migration.progress.copiedThrough < source.last, let last = try await copyPage() {
            migration.progress.copiedThrough = last
            node.reach(.pageCopied)
            try await saveIfDue()
        }
        try await advance { $0.finishCopy(at: now) }
        node.reach(.copyFinished)
    }

    /// The last sequence of the page that was copied; nil if there was none.
    private func copyPage() async throws(MoveInterruption) -> MessageSequence? {
        try await waitForThrottle()
        let page = try await page(after: migration.progress.copiedThrough)
        guard let last = page.last else { return nil }
        node.reach(.pageRead)
        try await carryOver(QueuePart(messages: page))
        let bytes = Self.bytes(of: page)
        migration.progress.copied += page.count
        migration.progress.copiedBytes += bytes
        node.throttle.use(migration, messages: page.count, bytes: bytes)
        node.counters.countCopied(page.count)
        return last.sequence
    }

    private static func bytes(of messages: [Message]) -> Int {
        messages.reduce(0) { $0 + $1.body.bytes.count }
    }

    private var pageMessages: Int {
        node.settings.isConsiderate ? MoveLimits.consideratePageMessages : MoveLimits.pageMessages
    }

    private func page(after sequence: MessageSequence) async throws(MoveInterruption) -> [Message] {
        try await atSource { pool throws(StorageError) in
            try await pool.page(
                of: life, after: sequence, limit: pageMessages, bytes: MoveLimits.pageBytes, now: now)
        }
    }

    private func copyClaims() async throws(MoveInterruption) {
        var cursor: [UInt8]?
        repeat {
            let page = try await atSource { pool throws(StorageError) in
                try await pool.claims(of: life, after: cursor, limit: MoveLimits.pageMessages, now: now)
            }
            if !page.claims.isEmpty { try await carryOver(QueuePart(claims: page.claims)) }
            cursor = page.next
            try await saveIfDue()
        } while cursor != nil
    }

    private func carryOver(_ part: QueuePart) async throws(MoveInterruption) {
        try await atTarget { pool throws(StorageError) in
            try await pool.import(part, into: life, turn: migration.moveTurn, now: now)
        }
    }

    private func waitForThrottle() async throws(MoveInterruption) {
        while let wait = node.throttle.wait(migration, at: now) {
            migration.progress.throttled = wait.reason
            await node.clock.sleep(milliseconds: wait.milliseconds)
            try await saveIfDue()
            if Task.isCancelled { throw .stopping }
        }
        migration.progress.throttled = nil
    }

    func census(atSource isSource: Bool, at time: Timestamp? = nil) async throws(MoveInterruption) -> QueueCensus {
        let time = time ?? now
        let count = { (pool: any PoolDriver) async throws(StorageError) -> QueueCensus in
            try await pool.census(of: self.life, now: time)
        }
        return isSource ? try await atSource(count) : try await atTarget(count)
    }

    // MARK: Carrying over what has changed

    /// One pass over the marked changes.
    struct Pass {
        var messages: Set<MessageSequence> = []
        var count = 0
        var left = 0
    }

    /// Carries over some of the changes that are marked. Their marks go only after the target has them (rule R3).
    func carryChangesOver() async throws(MoveInterruption) -> Pass {
        let (queue, number) = (migration.sourceRef, migration.number)
        let changes = try await atSource { pool throws(StorageError) in
            try await pool.changes(
                of: queue, for: number, limit: MoveLimits.pageMessages, bytes: MoveLimits.pageBytes, now: now)
        }
        migration.progress.dirty = changes.left
        guard !changes.part.isEmpty else { return Pass(left: changes.left) }
        node.reach(.changesRead)
        try await carryOver(changes.part)
        node.reach(.changesCarriedOver)
        try await atSource { pool throws(StorageError) in
            try await pool.clearChanges(of: queue, for: number, through: changes.mark)
        }
        node.reach(.changesCleared)
        let sequences = changes.part.messages.map(\.sequence) + changes.part.goneMessages
        return Pass(messages: Set(sequences), count: changes.part.count, left: changes.left)
    }

    /// Carries over until a pass leaves nothing behind, and returns what all of them carried.
    func carryAllChangesOver() async throws(MoveInterruption) -> Pass {
        var all = Pass()
        repeat {
            let pass = try await carryChangesOver()
            all.messages.formUnion(pass.messages)
            all.count += pass.count
            all.left = pass.left
            try await saveIfDue()
        } while all.left > 0
        return all
    }

    // MARK: Comparing

    /// Compares all messages of both copies, up to what is the last one now, in everything that is known of them. A
    /// difference is explained if its mark is among those that are read after it was seen, since a change and its mark
    /// are one step; any other cannot be.
    func compareCopies() async throws(MoveInterruption) {
        let end = try await census(atSource: true).last
        var after = MessageSequence.start
        var compared = 0
        while after < end {
            try await waitForThrottle()
            let time = now
            let there = try await page(after: after)
            let here = try await targetPage(after: after, through: there.last?.sequence, at: time)
            let differing = Self.differences(there, here, at: now)
            let explained = try await carryAllChangesOver()
            if let unexplained = differing.subtracting(explained.messages).min() {
                node.counters.countMismatch()
                throw .mismatch("the copies of the message with sequence \(unexplained.value) differ")
            }
            guard let last = there.last else { break }
            after = last.sequence
            compared += there.count
            node.throttle.use(migration, messages: there.count, bytes: Self.bytes(of: there))
            migration.progress.compared = compared
            node.reach(.pageCompared)
            try await saveIfDue()
        }
        node.reach(.verified)
    }

    /// What the target has in the range that the source's page covers; all that it has if that is the end.
    private func targetPage(
        after: MessageSequence, through last: MessageSequence?, at time: Timestamp
    ) async throws(MoveInterruption) -> [Message] {
        var found: [Message] = []
        while true {
            let start = found.last?.sequence ?? after
            let page = try await atTarget { pool throws(StorageError) in
                try await pool.page(
                    of: life, after: start, limit: pageMessages, bytes: MoveLimits.pageBytes, now: time)
            }
            found += page.prefix { last == nil || $0.sequence <= last ?? .start }
            guard let end = page.last?.sequence, last.map({ end < $0 }) ?? true else { return found }
        }
    }

    /// Sequences under which the copies differ. What has expired by now differs for that reason only.
    private static func differences(_ there: [Message], _ here: [Message], at now: Timestamp) -> Set<MessageSequence> {
        let both = Set(there).symmetricDifference(here)
        return Set(both.filter { $0.expires > now }.map(\.sequence))
    }
}
