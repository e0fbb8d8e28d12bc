internal import HTTPTypes
internal import WeirDomain

/// A queue or a topic as a path spells it. A topic is a queue in the hidden twin of its project.
struct QueuePath: Equatable {
    enum Space: String {
        case queues, topics
    }

    let space: Space
    let name: String

    /// Whose queue it is, if the project is the caller's.
    func owner(_ project: ProjectID) -> ProjectID { space.owner(project) }

    /// The queue that it names.
    func key(of project: ProjectID) throws(Fault) -> QueueKey {
        guard let name = QueueName(name) else {
            let kind = space == .topics ? "topic" : "queue"
            throw Fault(
                .badRequest, "Invalid \(kind) identification",
                "The \(kind) name must have 1 to \(Limits.queueNameCharacters) characters, out of letters, digits, "
                    + "underscores, dashes and dots.")
        }
        return QueueKey(project: owner(project), name: name)
    }
}

extension QueuePath.Space {
    func owner(_ project: ProjectID) -> ProjectID {
        self == .topics ? .hidden(.topics, of: project) : project
    }
}

extension QueueKey {
    var isTopic: Bool { project.isHidden(in: .topics) }

    var space: QueuePath.Space { isTopic ? .topics : .queues }
}
