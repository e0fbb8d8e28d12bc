internal import MongoEngine
internal import WeirDomain

/// A key of a document.
enum StoredKey {
    case number(Int64)
    /// A document, ordered by the first of its fields, then by the next.
    case document([UInt8])

    func write(to writer: inout BSONWriter, as name: String) {
        switch self {
        case .number(let number): writer.int64(name, number)
        case .document(let bytes): writer.document(name, bytes)
        }
    }

    /// That of a document that was read.
    init?(of document: BSONDocument) {
        switch document["_id"] {
        case .int64(let number): self = .number(number)
        case .document(let key): self = .document(Array(key.bytes))
        default: return nil
        }
    }
}

/// Keys of what belongs to a project: its id and a name. They are pairs, not texts put together, so that no text in
/// a project's id can be taken for an end of it. Texts are in byte order.
enum ProjectKeys {
    static func key(_ project: String, _ name: String) -> [UInt8] {
        BSONWriter.document { key in
            key.string("p", project)
            key.string("n", name)
        }
    }

    /// After all keys of the project: documents come after texts.
    static func end(_ project: String) -> [UInt8] {
        BSONWriter.document { key in
            key.string("p", project)
            key.document("n") { _ in }
        }
    }
}

/// Keys of what queues are counted for: pools and projects.
///
/// Below the document of each pool, of place -1 (u: uri, w: weight, f: flavor unless it has none, o: options, t: state,
/// v: version), stand counters (n; t: how often it was written) that together say how many queues it holds. A node that
/// creates or removes queues changes one of the counters, which it shares with no other node if it can. A change of the
/// pool writes to all of them: so of a pool that is removed or closed and a queue that is created there at the same
/// time, one meets the other as a conflict, while nodes that create queues do not meet.
///
/// A project has counters alone, while it has queues.
enum CounterKeys {
    /// Counters of each pool: the nodes that can create queues without meeting. Part of the stored format.
    static let places: Int32 = 8

    static func pool(_ name: String) -> [UInt8] { key(name, -1) }

    static func counter(_ name: String, _ place: Int32) -> [UInt8] { key(name, place) }

    /// Before all of that name.
    static func start(_ name: String) -> [UInt8] { key(name, .min) }

    /// After them.
    static func end(_ name: String) -> [UInt8] { key(name, .max) }

    private static func key(_ name: String, _ place: Int32) -> [UInt8] {
        BSONWriter.document { key in
            key.string("p", name)
            key.int32("c", place)
        }
    }
}

extension QueueKey {
    var stored: [UInt8] { ProjectKeys.key(project.value, name.value) }

    /// Reads back what `stored` made.
    init?(stored key: BSONDocument?) {
        guard let project = key?.string("p").flatMap({ ProjectID(stored: $0) }),
            let name = key?.string("n").flatMap(QueueName.init)
        else { return nil }
        self.init(project: project, name: name)
    }
}

extension String {
    /// Equal names are equal in every byte, as they are to the server.
    var exact: [UInt8] { Array(utf8) }
}
