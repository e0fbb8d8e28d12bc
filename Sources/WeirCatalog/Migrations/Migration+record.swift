package import WeirDomain
internal import WeirJSON
package import WeirStorage

/// A migration as the catalog's store keeps it: what the store looks at stands in the record, the rest in a document.
extension Migration {
    /// Reads back what `record` made. What this version does not know of a document is left out.
    package init(_ record: MigrationRecord) {
        let document = JSONValue.object(of: record.document)
        self.init(
            number: record.number, key: record.key, life: record.life, from: record.from, to: record.to,
            firstEpoch: Epoch(document["first_epoch"]?.integerValue ?? 0),
            keepSourceSeconds: document.int("keep_source_seconds") ?? 0, created: document.time("created"))
        readCourse(document)
        readProgress(document["progress"]?.objectValue ?? [:])
    }

    /// The record that replaces the one of this version.
    package func record(version: Int64) -> MigrationRecord {
        MigrationRecord(
            number: number, key: key, life: life, from: from, to: to, state: state.rawValue, hasEnded: hasEnded,
            document: JSONValue.object(document).bytes, version: version)
    }

    private var document: JSONObject {
        var document: JSONObject = [
            "first_epoch": .integer(firstEpoch.value), "keep_source_seconds": .integer(Int64(keepSourceSeconds)),
            "step": .string(step.rawValue), "turn": .integer(Int64(turn)),
            "created": .integer(created.milliseconds), "updated": .integer(updated.milliseconds),
            "progress": .object(progressDocument), "history": .array(history.map(\.document)),
        ]
        for (name, isSet) in [
            ("returning", isReturning), ("paused", isPaused), ("waits", waitsForCutover),
        ] where isSet { document[name] = .bool(true) }
        document["owner"] = owner.map { .string($0) }
        document["outcome"] = outcome.map { .string($0.rawValue) }
        document["switched_at"] = switchedAt.map { .integer($0.milliseconds) }
        document["error"] = error.map { .string($0) }
        document["messages_per_second"] = messagesPerSecond.map { .integer(Int64($0)) }
        document["bytes_per_second"] = bytesPerSecond.map { .integer(Int64($0)) }
        return document
    }

    private mutating func readCourse(_ document: JSONObject) {
        step = document["step"]?.stringValue.flatMap(MigrationStep.init) ?? .planned
        turn = document.int("turn") ?? 0
        updated = document.time("updated")
        isReturning = document["returning"]?.boolValue ?? false
        isPaused = document["paused"]?.boolValue ?? false
        waitsForCutover = document["waits"]?.boolValue ?? false
        owner = document["owner"]?.stringValue
        outcome = document["outcome"]?.stringValue.flatMap(MigrationOutcome.init)
        switchedAt = document["switched_at"]?.integerValue.map { Timestamp(milliseconds: $0) }
        error = document["error"]?.stringValue
        messagesPerSecond = document.int("messages_per_second")
        bytesPerSecond = document.int("bytes_per_second")
        history = (document["history"]?.arrayValue ?? []).compactMap { $0.objectValue.flatMap(MigrationEvent.init) }
    }

    private var progressDocument: JSONObject {
        var document: JSONObject = [
            "through": .integer(progress.copiedThrough.value), "copied": .integer(Int64(progress.copied)),
            "bytes": .integer(Int64(progress.copiedBytes)), "total": .integer(Int64(progress.total)),
            "dirty": .integer(Int64(progress.dirty)), "rate": .integer(Int64(progress.rate)),
            "compared": .integer(Int64(progress.compared)), "attempts": .integer(Int64(progress.attempts)),
            "aborts": .integer(Int64(progress.aborts)), "aborts_in_a_row": .integer(Int64(progress.abortsInARow)),
        ]
        if progress.isCopied { document["is_copied"] = true }
        if progress.isVerified { document["is_verified"] = true }
        document["throttled"] = progress.throttled.map { .string($0) }
        document["next_cutover"] = progress.nextCutover.map { .integer($0.milliseconds) }
        document["stall"] = progress.stall.map { .integer(Int64($0)) }
        return document
    }

    private mutating func readProgress(_ document: JSONObject) {
        progress.copiedThrough = MessageSequence(document["through"]?.integerValue ?? 0)
        progress.copied = document.int("copied") ?? 0
        progress.copiedBytes = document.int("bytes") ?? 0
        progress.total = document.int("total") ?? 0
        progress.dirty = document.int("dirty") ?? 0
        progress.rate = document.int("rate") ?? 0
        progress.compared = document.int("compared") ?? 0
        progress.attempts = document.int("attempts") ?? 0
        progress.aborts = document.int("aborts") ?? 0
        // Versions before this one leave these two out.
        progress.abortsInARow = document.int("aborts_in_a_row") ?? progress.aborts
        progress.nextCutover = document["next_cutover"]?.integerValue.map { Timestamp(milliseconds: $0) }
        progress.isCopied = document["is_copied"]?.boolValue ?? false
        progress.isVerified = document["is_verified"]?.boolValue ?? false
        progress.throttled = document["throttled"]?.stringValue
        progress.stall = document.int("stall")
    }
}

extension MigrationEvent {
    fileprivate var document: JSONValue {
        .object([
            "at": .integer(at.milliseconds), "state": .string(state.rawValue), "actor": .string(actor),
            "reason": .string(reason),
        ])
    }

    fileprivate init?(_ document: JSONObject) {
        guard let state = document["state"]?.stringValue.flatMap(MigrationState.init) else { return nil }
        self.init(
            at: document.time("at"), state: state, actor: document["actor"]?.stringValue ?? "",
            reason: document["reason"]?.stringValue ?? "")
    }
}

extension JSONValue {
    /// The object that this program wrote; empty if it cannot be read.
    fileprivate static func object(of text: [UInt8]) -> JSONObject {
        (try? JSONValue.parse(text, maximumDepth: Limits.jsonDepth, duplicates: .lastWins))?.objectValue ?? [:]
    }
}

extension JSONObject {
    fileprivate func int(_ name: String) -> Int? {
        self[name]?.integerValue.map { Int($0) }
    }

    fileprivate func time(_ name: String) -> Timestamp {
        Timestamp(milliseconds: self[name]?.integerValue ?? 0)
    }
}
