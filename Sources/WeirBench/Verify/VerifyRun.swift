import NIOCore
import Synchronization

/// What the clients of a run share.
final class VerifyRun: Sendable {
    let settings: VerifySettings
    let client: LoadClient
    let queues: [String]
    let body: StampedBody

    private struct State {
        var history = History()
        var messagesLeft: Int
        var lastSign = monotonicNow()
        var isEnding = false
        var trouble: String?
        var refusals: [Int: Int] = [:]
    }

    private let state: Mutex<State>

    init(_ settings: VerifySettings, _ client: LoadClient) {
        self.settings = settings
        self.client = client
        let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        queues = (0..<settings.queues).map { "verify-\(name)-\($0)" }
        body = StampedBody(bytes: settings.bodyBytes)
        state = Mutex(State(messagesLeft: settings.messages))
    }

    /// A client with an id and a connection of its own.
    func makeClient() -> (writer: RequestWriter, exchange: Exchange) {
        let writer = RequestWriter(
            authority: settings.endpoint.authority, project: settings.project, clientID: randomUUID())
        return (writer, Exchange(client, patience: settings.patience))
    }

    // MARK: How far it is

    /// Whether all clients are to come to their end.
    var isEnding: Bool { settings.isInterrupted() || state.withLock(\.isEnding) }

    /// Brings all clients to their end; what was wrong, if anything, is kept of the first caller.
    func end(because trouble: String? = nil) {
        state.withLock {
            $0.isEnding = true
            $0.trouble = $0.trouble ?? trouble
        }
    }

    /// Takes up to `count` messages from those yet to be posted; nil if there are none.
    func takeMessages(upTo count: Int) -> Int? {
        state.withLock {
            let taken = min(count, $0.messagesLeft)
            $0.messagesLeft -= taken
            return taken > 0 ? taken : nil
        }
    }

    /// Gives back what was taken and not acknowledged, to be made up for by others.
    func giveBackMessages(_ count: Int) {
        state.withLock { $0.messagesLeft += count }
    }

    /// When something was last handed out, or went wrong.
    var lastSign: UInt64 { state.withLock(\.lastSign) }

    /// Something went wrong that may keep messages away for a while.
    func noteFailure() {
        state.withLock { $0.lastSign = monotonicNow() }
    }

    // MARK: What happened

    func record(_ post: History.Post) {
        state.withLock { $0.history.posts.append(post) }
    }

    /// - Returns: Its place among the claims.
    @discardableResult
    func record(_ claim: History.Claim) -> Int {
        state.withLock {
            $0.history.claims.append(claim)
            $0.lastSign = monotonicNow()
            return $0.history.claims.count - 1
        }
    }

    func record(_ delete: History.Delete) {
        state.withLock { $0.history.deletes.append(delete) }
    }

    /// What is left in the queues for good.
    func record(_ leftovers: [History.Leftover]) {
        state.withLock { $0.history.leftovers = leftovers }
    }

    /// Counts an answer that no request of the run should get.
    func recordRefusal(_ status: Int) {
        state.withLock { $0.refusals[status, default: 0] += 1 }
    }

    /// What happened so far.
    var history: History { state.withLock(\.history) }

    /// What was wrong with the run, apart from its history.
    var trouble: String? {
        let (trouble, refusals) = state.withLock { ($0.trouble, $0.refusals) }
        let kinds = refusals.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
        return trouble ?? (kinds.isEmpty ? nil : "unexpected answers: \(kinds.joined(separator: ", "))")
    }
}
