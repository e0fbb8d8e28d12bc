internal import WeirDomain

/// A request that passed the checks that all actions have in common.
struct SocketCall {
    let action: SocketAction
    let client: ClientID
    let project: ProjectID
    let body: SocketFields
    let connection: SocketConnection
    /// Whether it came as text.
    let isText: Bool

    /// The queue that the body names.
    func queue() throws(SocketFault) -> QueueKey {
        let text = try body.demandString("queue_name")
        guard let name = QueueName(text) else {
            throw .invalid(
                "queue_name: must have 1 to \(Limits.queueNameCharacters) characters, out of letters, digits, underscores, "
                    + "dashes and dots.")
        }
        return QueueKey(project: project, name: name)
    }
}
