/// Everything that says what a bench does. All values are checked by the command that makes it.
package struct BenchSettings: Sendable {
    /// The server.
    package var endpoint: Endpoint
    /// The project of all requests.
    package var project: String
    /// Run in this order.
    package var scenarios: [Scenario]
    /// Connections a scenario, each with one request in flight.
    package var connections: Int
    /// Event loops, each a thread.
    package var threads: Int
    /// Length of a scenario without its warm-up; nil for no end by time.
    package var seconds: Double?
    /// Requests a scenario without its warm-up; nil for no end by number.
    package var requests: Int?
    /// Seconds that do not count.
    package var warmup: Double
    /// Queues made for a scenario; ignored if there is an existing one.
    package var queues: Int
    /// The queue to use instead of new ones.
    package var existingQueue: String?
    /// Size of a message body as JSON, at least 2.
    package var bodyBytes: Int
    /// Messages a listing or claim asks for, 1...20.
    package var limit: Int
    /// Whether queues made for the bench stay.
    package var keepsQueues: Bool

    /// Asked all the time: true ends the scenario in good order and skips those after it.
    package var isInterrupted: @Sendable () -> Bool

    /// The defaults of `weir bench`.
    package init(endpoint: Endpoint) {
        self.endpoint = endpoint
        project = "bench"
        scenarios = Scenario.allCases
        connections = 64
        threads = 1
        seconds = 10
        warmup = 1
        queues = 1
        bodyBytes = 1024
        limit = 10
        keepsQueues = false
        isInterrupted = { false }
    }
}
