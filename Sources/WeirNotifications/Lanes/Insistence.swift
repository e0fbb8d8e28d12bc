internal import WeirDomain
internal import WeirStorage

/// Goes on with what a lane has to write or read until the store has done it.
struct Insistence: Sendable {
    let subscription: String
    let backlog: QueueName
    let log: NotifierLog
    let clock: any WeirClock

    /// Does the work again until the store takes it; nil only if the task was cancelled meanwhile.
    func insist<Value: Sendable>(_ work: () async throws(StorageError) -> Value) async -> Value? {
        while true {
            do throws(StorageError) {
                return try await work()
            } catch {
                if Task.isCancelled { return nil }
                log.warning(
                    "delivery state not stored", about: "stores",
                    ["subscription": subscription, "backlog": backlog.value, "reason": error.reason])
                await clock.sleep(milliseconds: Limits.notifierPauseMilliseconds)
            }
        }
    }
}
