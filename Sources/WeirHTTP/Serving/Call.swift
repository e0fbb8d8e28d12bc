internal import HTTPTypes
internal import WeirDomain

/// A request that passed the checks that all resources have in common.
struct Call {
    let method: HTTPRequest.Method
    let target: Target
    let headers: KnownHeaders
    let body: IncomingBody
    let caller: Caller
    /// The queue that the path names.
    let queue: QueueKey?

    var query: Query { target.query }
    var project: ProjectID { caller.project }
}
