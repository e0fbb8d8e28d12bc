/// Everything that says what a verified run does. All values are checked by the command that makes it.
package struct VerifySettings: Sendable {
    /// The server.
    package var endpoint: Endpoint
    /// The project of all requests.
    package var project = "bench"
    /// Event loops, each a thread.
    package var threads = 1
    /// Clients that post, each with one request in flight.
    package var producers = 32
    /// Clients that claim and delete, each with one request in flight.
    package var claimers = 32
    /// Queues made for the run. Each is shared by two producers, if there are two, and by all claimers.
    package var queues = 64
    /// The flavor of these queues; nil for none.
    package var flavor: String?
    /// How many messages must be acknowledged.
    package var messages = 200_000
    /// Size of a message body as JSON; a body is longer if its stamp does not fit.
    package var bodyBytes = 1024
    /// Messages a claim asks for, 1...20.
    package var limit = 10
    /// Seconds that a claim lasts. Also how long messages can be out of sight when the answer to a claim is lost.
    package var claimTTL = 60
    /// Seconds of the drain in which nothing comes, after which no claim can hold what is still listed. Longer than a
    /// claim lasts that the server made as late as `HistoryChecker.lateness` allows.
    package var quiet = 100.0
    /// Seconds after that in which what is listed may still come, before it is stuck. Longer than an answer may take.
    package var lastWait = 40.0
    /// Seconds in which a client gets no answer below 500 before the run is given up.
    package var patience = 120.0
    /// Whether the queues stay.
    package var keepsQueues = false
    /// Asked all the time: true ends the run, which then counts as failed.
    package var isInterrupted: @Sendable () -> Bool = { false }

    /// The defaults of `weir bench --verify`.
    package init(endpoint: Endpoint) {
        self.endpoint = endpoint
    }
}
