internal import WeirDomain
internal import WeirJSON

/// Where a verification goes on. It is all that is remembered from one step to the next.
struct VerifyCursor: Hashable, Sendable {
    /// First the queues of the catalog are walked through, then the lives in all pools together.
    enum Place: Hashable, Sendable {
        case queues(QueuePlace)
        /// Of those up to this one, everything is said.
        case lives(QueueLife)
    }

    var place: Place
    /// The names of pools that failed: they are not asked again.
    var away: Set<String> = []

    static let start = VerifyCursor(place: .queues(QueuePlace()))
}

/// A place in the walk through the queues.
struct QueuePlace: Hashable, Sendable {
    /// What the page of projects begins after.
    var page: [UInt8]?
    /// The project on that page; nil before the first.
    var project: ProjectID?
    /// The last queue of the project that was looked at.
    var name = ""
}

/// As clients carry it: the text of a JSON object.
extension VerifyCursor {
    var text: String {
        var object: JSONObject = ["away": .array(away.sorted().map { .string($0) })]
        switch place {
        case .queues(let queues):
            object["page"] = queues.page.map { .array($0.map { .integer(Int64($0)) }) } ?? .null
            object["project"] = queues.project.map { .string($0.value) } ?? .null
            object["name"] = .string(queues.name)
        case .lives(let life): object["life"] = .integer(life.value)
        }
        return String(decoding: JSONValue.object(object).bytes, as: UTF8.self)
    }

    /// Nil if `text` cannot have made it.
    init?(_ text: String) {
        let value = try? JSONValue.parse(Array(text.utf8), maximumDepth: 4, duplicates: .refuse)
        guard let object = value?.objectValue, let away = object["away"]?.arrayValue else { return nil }
        self.away = Set(away.compactMap(\.stringValue))
        if let life = object["life"]?.integerValue {
            place = .lives(QueueLife(life))
            return
        }
        guard let name = object["name"]?.stringValue else { return nil }
        let bytes = object["page"]?.arrayValue?.compactMap { $0.integerValue.flatMap { UInt8(exactly: $0) } }
        let project = object["project"]?.stringValue.flatMap { ProjectID(stored: $0) }
        place = .queues(QueuePlace(page: bytes, project: project, name: name))
    }
}
