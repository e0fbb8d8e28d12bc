extension ProjectID {
    /// What the service keeps for itself in queues of its own, in projects that no caller can name.
    package enum HiddenSpace: String, CaseIterable, Sendable {
        /// The queues of callers that name no project, as version 1 of the API lets them.
        case projectless
        /// The messages of a project's topics: a topic is a queue in the project's twin of this space.
        case topics
        /// Messages that subscribers have yet to be told of.
        case outbox
        /// Deliveries that are tried again later.
        case backlog
        /// Deliveries that were given up.
        case failures
    }

    /// The first character of every hidden project. Callers' projects cannot begin with it.
    private static let mark: Unicode.Scalar = "\u{1}"

    /// The project that stands for `project` in this space.
    package static func hidden(_ space: HiddenSpace, of project: ProjectID) -> ProjectID {
        ProjectID(unchecked: "\(mark)\(space.rawValue):\(project.value)")
    }

    /// A project of the space that belongs to nobody.
    package static func hidden(_ space: HiddenSpace) -> ProjectID {
        ProjectID(unchecked: "\(mark)\(space.rawValue)")
    }

    /// As a store gives it back, hidden or not. Nil for what `value` never was.
    package init?(stored value: String) {
        guard value.unicodeScalars.first == Self.mark else {
            self.init(value)
            return
        }
        self.init(unchecked: value)
    }

    /// Whether it is one that no caller can name.
    package var isHidden: Bool { value.unicodeScalars.first == Self.mark }

    /// Whether its queues hold what the service keeps for itself, and nothing that callers named.
    package var isOfService: Bool {
        [HiddenSpace.outbox, .backlog, .failures].contains { self == Self.hidden($0) }
    }

    /// Whether it is the twin of a project in this space.
    package func isHidden(in space: HiddenSpace) -> Bool {
        isHidden && value.unicodeScalars.dropFirst().starts(with: "\(space.rawValue):".unicodeScalars)
    }
}
