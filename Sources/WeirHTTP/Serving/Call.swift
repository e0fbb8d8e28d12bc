internal import HTTPTypes
internal import WeirDomain
internal import WeirOperations

/// A request that passed the checks that all resources have in common.
struct Call {
    let method: HTTPRequest.Method
    let target: Target
    let request: IncomingRequest
    let caller: Caller
    /// The queue that the path names.
    let queue: QueueKey?

    var headers: KnownHeaders { request.headers }
    var body: IncomingBody { IncomingBody(request) }
    /// Whether the caller is still there, for those that let it wait.
    var departure: Departure? { request.departure }
    var version: APIVersion { target.version }
    var query: Query { target.query }
    var project: ProjectID { caller.project }

    /// The path of a queue or topic, in the version that the caller speaks: what belongs to it is below it.
    func path(of queue: QueueKey) -> String {
        "\(version.path)/\(queue.space.rawValue)/\(queue.name.value)"
    }
}
