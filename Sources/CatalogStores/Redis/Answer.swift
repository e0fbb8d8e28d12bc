internal import RedisEngine
internal import WeirDomain
internal import WeirStorage

/// Reads what Redis answers.
enum Answer {
    static let strange = StorageError.unknownOutcome("Redis answered what no script of the catalog says")

    static func integer(_ reply: RedisReply) throws(StorageError) -> Int {
        guard case .integer(let number) = reply else { throw strange }
        return Int(number)
    }

    static func elements(_ reply: RedisReply) throws(StorageError) -> [RedisReply] {
        guard case .array(let elements) = reply else { throw strange }
        return elements
    }

    static func bytes(_ reply: RedisReply) throws(StorageError) -> [UInt8] {
        guard case .bytes(let bytes) = reply else { throw strange }
        return bytes
    }

    static func text(_ reply: RedisReply) throws(StorageError) -> String {
        String(decoding: try bytes(reply), as: UTF8.self)
    }

    /// A number in decimal.
    static func number(_ reply: RedisReply) throws(StorageError) -> Int64 {
        guard let number = Int64(try text(reply)) else { throw strange }
        return number
    }

    // MARK: Records

    /// What `told` in `queues.lua` makes of a record.
    static func queue(_ reply: RedisReply, of project: ProjectID) throws(StorageError) -> QueueRecord {
        let parts = try elements(reply)
        guard parts.count == 6, let name = QueueName(try text(parts[0])),
            let life = QueueLife(stored: try bytes(parts[1]))
        else { throw strange }
        return QueueRecord(
            key: QueueKey(project: project, name: name), life: life, epoch: Epoch(try number(parts[4])),
            pool: try text(parts[2]), metadata: try bytes(parts[5]), version: try number(parts[3]))
    }

    /// A line of `pools.lua`.
    static func pool(_ reply: RedisReply) throws(StorageError) -> PoolRecord {
        let parts = try elements(reply)
        guard parts.count == 8, let state = PoolState(rawValue: try text(parts[5])) else { throw strange }
        let pool = Pool(
            name: try text(parts[0]), uri: try text(parts[1]), weight: Int(try number(parts[2])),
            flavor: parts[3].text, options: try bytes(parts[4]), state: state)
        return PoolRecord(pool: pool, queues: Int(try number(parts[6])), version: try number(parts[7]))
    }

    /// A member of the retirements: life, epoch, space, name of the pool.
    static func retirement(_ reply: RedisReply) throws(StorageError) -> Retirement {
        let bytes = try bytes(reply)
        let rest = bytes.dropFirst(8)
        guard let space = rest.firstIndex(of: UInt8(ascii: " ")), let life = QueueLife(stored: bytes.prefix(8)),
            let epoch = Int64(String(decoding: rest[..<space], as: UTF8.self))
        else { throw strange }
        let pool = String(decoding: rest[(space + 1)...], as: UTF8.self)
        return Retirement(ref: QueueRef(life: life, epoch: Epoch(epoch)), pool: pool)
    }

    /// What `told_migration` in `migrations.lua` makes of a record.
    static func migration(_ reply: RedisReply) throws(StorageError) -> MigrationRecord {
        let parts = try elements(reply)
        guard parts.count == 10, let project = ProjectID(stored: try text(parts[0])), let name = QueueName(try text(parts[1])),
            let life = QueueLife(stored: try bytes(parts[2]))
        else { throw strange }
        return MigrationRecord(
            number: try number(parts[9]), key: QueueKey(project: project, name: name), life: life,
            from: try text(parts[3]), to: try text(parts[4]), state: try text(parts[5]),
            hasEnded: try text(parts[6]) == "1", document: try bytes(parts[7]), version: try number(parts[8]))
    }

    // MARK: Streams

    /// The number of an entry, and the values of its fields.
    static func entry(
        _ reply: RedisReply, fields: Int
    ) throws(StorageError) -> (number: Int64, values: [RedisReply]) {
        let parts = try elements(reply)
        guard parts.count == 2, let number = Int64(try text(parts[0]).prefix { $0 != "-" }) else { throw strange }
        let words = try elements(parts[1])
        guard words.count == 2 * fields else { throw strange }
        return (number, (0..<fields).map { words[2 * $0 + 1] })
    }

    /// An entry of the log of changes. Without the key, should the rules of names have changed.
    static func change(_ reply: RedisReply) throws(StorageError) -> (number: Int64, key: QueueKey?) {
        let (number, values) = try entry(reply, fields: 2)
        guard let project = ProjectID(stored: try text(values[0])), let name = QueueName(try text(values[1])) else {
            return (number, nil)
        }
        return (number, QueueKey(project: project, name: name))
    }
}
