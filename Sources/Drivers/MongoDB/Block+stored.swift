internal import MongoEngine
internal import WeirDomain

extension Block {
    var key: [UInt8] { Keys.block(life, last) }

    private var storedRecords: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: records.count * MessageRecord.size) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for (index, record) in records.enumerated() {
                let start = index * MessageRecord.size
                let place = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + MessageRecord.size])
                record.write(to: place, first: first)
            }
            count = bytes.count
        }
    }

    /// The whole document.
    func write(to document: inout BSONWriter) {
        document.binary("_id", key)
        document.int64("l", life)
        document.int64("a", first)
        document.array("p", clients) { $0.string($1, $2) }
        document.binary("c", Keys.client(onlyClient))
        let kept = records.filter { $0.isKept && $0.state != .gone }
        if !kept.isEmpty { document.array("k", kept) { $0.binary($1, Keys.kept(life, $2.id)) } }
        document.binary("s", storedRecords)
        let summary = summary
        document.int64("x", summary.expiry)
        if let wake = summary.wake { document.int64("w", wake) }
        if summary.hasFree { document.bool("f", true) }
        document.binary("b", bodies ?? [])
    }

    /// The statement of an update command that stores changed records. Bodies stay as they are, and so does what
    /// indexes know, unless it changed: an update that no index cares about costs the server half as much.
    func writeUpdate(to statement: inout BSONWriter) {
        let summary = summary
        let losesWake = summary.wake == nil && stored.wake != nil
        let losesFree = !summary.hasFree && stored.hasFree
        statement.document("q") { $0.binary("_id", key) }
        statement.document("u") { update in
            update.document("$set") { set in
                set.binary("s", storedRecords)
                if summary.expiry != stored.expiry { set.int64("x", summary.expiry) }
                if let wake = summary.wake, wake != stored.wake { set.int64("w", wake) }
                if summary.hasFree && !stored.hasFree { set.bool("f", true) }
            }
            guard losesWake || losesFree else { return }
            update.document("$unset") { unset in
                if losesWake { unset.bool("w", true) }
                if losesFree { unset.bool("f", true) }
            }
        }
    }

    /// The statement of an update command that stores the block anew, without the bodies of messages that are gone.
    func writeReplacement(to statement: inout BSONWriter) {
        statement.document("q") { $0.binary("_id", key) }
        statement.document("u") { write(to: &$0) }
    }

    /// Whether it holds more of messages that are gone than of others, and enough to be worth the writing.
    var isWasteful: Bool {
        var live = 0
        var gone = 0
        for record in records {
            if record.state == .gone { gone += record.bodyLength } else { live += record.bodyLength }
        }
        return gone > live && gone >= 16_384
    }

    /// Leaves out what is gone.
    func compact() {
        guard let old = bodies else { return }
        var kept: [UInt8] = []
        records.removeAll { $0.state == .gone }
        for index in records.indices {
            let start = records[index].bodyStart
            records[index].bodyStart = kept.count
            kept += old[start..<start + records[index].bodyLength]
        }
        bodies = kept
        isRewritten = true
    }
}
