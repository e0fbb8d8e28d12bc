internal import HTTPTypes
package import Logging
internal import NIOHTTP1
package import WeirDomain
package import WeirLogging
package import WeirOperations
internal import WeirStorage

/// What the operator chose for this way in.
package struct HTTPOptions: Sendable {
    /// Whether the operator's API (health, pools, flavors) is served.
    package var adminMode = true
    /// Whether messages carry a checksum of their body.
    package var checksums = false
    /// Whether bulk deletion demands claims.
    package var deletesOnlyClaimed = false
    package var clientIDs = ClientIDRule()
    package var cors = CrossOrigin()
    /// The older versions of the API that are served.
    package var olderVersions: Set<APIVersion> = []

    package init() {}
}

/// The queue API over HTTP: decodes a request, calls one operation, encodes what it says.
// A class, since every request would copy a structure of this size.
package final class HTTPService: Sendable {
    package let operations: Operations
    let options: HTTPOptions
    let events: EventLog
    let logger: Logger
    let upgrades: (any ConnectionUpgrade)?
    private let servesUpgradesOnly: Bool
    let counters: RequestCounters

    package convenience init(
        operations: Operations, options: HTTPOptions, upgrades: (any ConnectionUpgrade)? = nil, events: EventLog,
        logger: Logger
    ) {
        self.init(operations, options, upgrades, events, logger, RequestCounters(), servesUpgradesOnly: false)
    }

    private init(
        _ operations: Operations, _ options: HTTPOptions, _ upgrades: (any ConnectionUpgrade)?, _ events: EventLog,
        _ logger: Logger, _ counters: RequestCounters, servesUpgradesOnly: Bool
    ) {
        self.operations = operations
        self.options = options
        self.upgrades = upgrades
        self.events = events
        self.logger = logger
        self.counters = counters
        self.servesUpgradesOnly = servesUpgradesOnly
    }

    /// The same service where nothing is served but connections that ask for another protocol.
    package func forUpgradesOnly() -> HTTPService {
        HTTPService(operations, options, upgrades, events, logger, counters, servesUpgradesOnly: true)
    }

    /// The largest body that any resource takes.
    var largestBodyBytes: Int {
        max(operations.limits.messagesPostBytes, operations.limits.queueMetadataBytes, Limits.adminBodyBytes)
    }

    /// Answers a request, whatever it is, and writes a line about it.
    func answer(_ request: IncomingRequest) async -> Reply {
        let clock = ContinuousClock()
        let start = clock.now
        let requestID = RequestID.mint()
        let target = Target(request.head.uri)
        let resource = Resource(target, olderVersions: options.olderVersions)
        var reply = await reply(to: request, target, resource, requestID)
        reply.headers.append((.requestID, requestID))
        options.cors.complete(&reply, to: request.head.method, for: request.headers)
        record(request, target, resource, requestID, reply.status.code, clock.now - start)
        return reply
    }

    /// What is said to a client whose bytes are no request, and noted.
    func answerToNonsense() -> Reply {
        let requestID = RequestID.mint()
        counters.count(status: HTTPResponse.Status.badRequest.code, microseconds: 0)
        logger.info("no request", metadata: ["request_id": "\(requestID)"])
        return Reply(
            Fault(
                .badRequest, "400 Bad Request",
                "This is no request of HTTP/1.1: its first line, a header or the framing of its body is malformed.",
                headers: [(.requestID, requestID)]))
    }

    private func reply(
        to request: IncomingRequest, _ target: Target, _ resource: Resource?, _ requestID: String
    ) async -> Reply {
        do {
            return try await admitted(request, target, resource)
        } catch let fault as Fault {
            return Reply(fault)
        } catch let error as OperationError {
            error.report(to: logger, ["request_id": "\(requestID)"])
            return Reply(Fault(error))
        } catch {
            logger.error("request failed", metadata: ["request_id": "\(requestID)", "reason": "\(error)"])
            return Reply(Fault(.internalServerError, "Internal server error", "The request failed; see \(requestID)."))
        }
    }

    /// The checks in the order that clients rely on, then the resource itself (API section 1.2).
    private func admitted(
        _ request: IncomingRequest, _ target: Target, _ resource: Resource?
    ) async throws -> Reply {
        let headers = request.headers
        guard !servesUpgradesOnly else { throw Fault.upgradeRequired }
        guard let resource, options.adminMode || !resource.isAdministrative else { throw Fault.noRoute }
        guard target.path.utf8.count <= Limits.targetBytes else {
            throw Fault.invalidRequest("The path is longer than \(Limits.targetBytes) bytes.")
        }
        try checkSignature(request.head.method.rawValue, target, resource, headers)
        guard let method = HTTPRequest.Method(request.head.method.rawValue) else {
            throw Fault(.methodNotAllowed, "405 Method Not Allowed")
        }
        if method == .options { return preflight(headers, resource, target.version) }
        try Self.checkMedia(headers)
        if resource.isPublic {
            try Self.check(method, for: resource, target.version)
            return try await publicReply(resource)
        }
        let caller = try Caller(
            headers, rule: options.clientIDs, needs: CallerNeeds(resource, method, target.version))
        let queue = try resource.queue?.key(of: caller.project)
        try Self.check(method, for: resource, target.version)
        let call = Call(
            method: method, target: target, request: request, caller: caller, queue: queue)
        return try await reply(to: call, resource)
    }

    /// A signature that is presented has to be good, even where none is needed; the client is not told what is wrong
    /// with it (signed URLs, section 3).
    private func checkSignature(
        _ method: String, _ target: Target, _ resource: Resource, _ headers: KnownHeaders
    ) throws(Fault) {
        guard let signature = headers.signature, signature.signature != nil else { return }
        guard resource.isShareable, let presented = signature.presented(project: headers.project),
            operations.signer.admits(presented, method, target.segments, at: operations.clock.now())
        else { throw .noRoute }
    }

    private static let formData = "application/x-www-form-urlencoded"

    private static func checkMedia(_ headers: KnownHeaders) throws(Fault) {
        if let type = headers.contentType, headers.contentLength != nil, type.utf8.count == formData.utf8.count,
            type.lowercased() == formData
        {
            throw Fault(
                .badRequest, "Invalid Content-Type", "Content-Type: form data are not accepted; send application/json.")
        }
        guard MediaRange.admitsJSON(headers.accept) else { throw Fault(.notAcceptable, "406 Not Acceptable") }
    }

    private static func check(
        _ method: HTTPRequest.Method, for resource: Resource, _ version: APIVersion
    ) throws(Fault) {
        guard resource.methods(in: version).contains(method) else {
            throw Fault(.methodNotAllowed, "405 Method Not Allowed", headers: [(.allow, allowed(resource, version))])
        }
    }

    private static func allowed(_ resource: Resource, _ version: APIVersion) -> String {
        (resource.methods(in: version) + [.options]).map(\.rawValue).joined(separator: ", ")
    }

    /// `OPTIONS` is answered to anybody; what is allowed is said to those that say who they are.
    private func preflight(_ headers: KnownHeaders, _ resource: Resource, _ version: APIVersion) -> Reply {
        let isKnown = headers.client != nil && headers.project != nil
        return .empty(.ok, headers: isKnown || resource.isPublic ? [(.allow, Self.allowed(resource, version))] : [])
    }

    func record(
        _ request: IncomingRequest, _ target: Target, _ resource: Resource?, _ requestID: String, _ status: Int,
        _ duration: Duration
    ) {
        let microseconds = Int(duration / .microseconds(1))
        counters.count(status: status, microseconds: microseconds)
        guard events.minimumLevel <= .info else { return }
        let queue = resource?.queue
        let project = request.headers.project
        events.request(
            RequestEvent(
                requestID: requestID, method: request.head.method.rawValue, path: target.path, status: status,
                project: project, queue: queue?.name, pool: pool(project, queue),
                durationMicroseconds: microseconds))
    }

    /// The pool that this node last used for the queue.
    private func pool(_ project: String?, _ queue: QueuePath?) -> String? {
        guard let project = project.flatMap({ ProjectID($0) }), let key = try? queue?.key(of: project) else { return nil }
        return operations.knownPool(of: key)
    }
}
