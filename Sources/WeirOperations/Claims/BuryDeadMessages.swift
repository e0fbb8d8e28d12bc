internal import Logging
internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

extension Operations {
    /// Moves dead messages to their dead letter queue, in whatever pool that is: first a copy with the same id, then
    /// the deletion, so that a crash in between leaves the message where it was. It is hidden there until its hold
    /// ends, and moving it again finds the copy and stores no second one.
    ///
    /// A failure is the operator's concern and not that of the client that happened to claim: it is logged.
    func bury(_ dead: [Message], from key: QueueKey, _ round: ClaimRound) async {
        guard let target = round.target, !dead.isEmpty else { return }
        let grave = QueueKey(project: key.project, name: target)
        do throws(OperationError) {
            for (client, messages) in Dictionary(grouping: dead, by: \.client) {
                let copies = messages.map { message in
                    NewMessage(
                        nonce: message.id.nonce, body: message.body, ttl: round.ttl ?? message.ttl, delay: 0,
                        keptID: message.id)
                }
                _ = try await store(copies, from: client, to: grave)
                // Its subscribers are told before it is gone here: perhaps twice, but not never.
                let told = messages.filter { closed($0, of: key) == nil }
                try await announce(
                    try opened(told, of: key).map { message in
                        AnnouncedMessage(id: message.id, body: message.body, ttl: round.ttl ?? message.ttl, delay: nil)
                    }, in: grave)
            }
            let now = clock.now()
            _ = try await operation(
                try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                    try await driver.delete(dead.map(\.id), demanding: [round.hold], in: route.ref, now: now)
                })
        } catch {
            logger.error(
                "dead letters not moved",
                metadata: [
                    "project": "\(key.project.value)", "queue": "\(key.name.value)", "to": "\(target.value)",
                    "messages": "\(dead.count)", "reason": "\(error)",
                ])
        }
    }
}
