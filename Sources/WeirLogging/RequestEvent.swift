/// What the access log says about one request, and nothing beyond it: no query, no header, no body, no
/// address.
package struct RequestEvent: Sendable {
    /// The id that the answer carries too.
    package var requestID: String
    package var method: String
    /// The path. A query, if there is one, is not logged.
    package var path: String
    /// The status of the answer.
    package var status: Int
    package var project: String?
    package var queue: String?
    /// The name of the pool that served it.
    package var pool: String?
    package var durationMicroseconds: Int

    package init(
        requestID: String, method: String, path: String, status: Int, project: String? = nil,
        queue: String? = nil, pool: String? = nil, durationMicroseconds: Int
    ) {
        self.requestID = requestID
        self.method = method
        self.path = path
        self.status = status
        self.project = project
        self.queue = queue
        self.pool = pool
        self.durationMicroseconds = durationMicroseconds
    }
}
