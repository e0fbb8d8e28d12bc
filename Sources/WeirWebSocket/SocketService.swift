package import Logging
internal import NIOCore
package import WeirDomain
internal import WeirJSON
package import WeirLogging
internal import WeirMessagePack
package import WeirOperations
internal import WeirStorage

/// What the operator chose for this way in.
package struct SocketOptions: Sendable {
    /// Whether bulk deletion demands claims.
    package var deletesOnlyClaimed = false
    package var clientIDs = ClientIDRule()
    package var terms = SocketTerms()

    package init() {}
}

/// The queue API over WebSocket: decodes a request, calls one operation, encodes what it says.
package struct SocketService: Sendable {
    let operations: Operations
    let options: SocketOptions
    let tail: any MessageTail
    let events: EventLog
    let logger: Logger
    package let counters = SocketCounters()

    /// - Parameter tail: Where subscribed connections get their messages from.
    package init(
        operations: Operations, options: SocketOptions, tail: any MessageTail, events: EventLog, logger: Logger
    ) {
        self.operations = operations
        self.options = options
        self.tail = tail
        self.events = events
        self.logger = logger
    }

    /// Answers a request, whatever it is, in the kind of message that it came in.
    func answer(_ message: SocketMessage, on connection: SocketConnection) async -> SocketAnswer {
        let clock = ContinuousClock()
        let start = clock.now
        let request: SocketRequest
        do throws(SocketFault) {
            request = try Self.request(in: message)
        } catch {
            if message.isText, !Self.isUTF8(message.payload) { return .close(.notUTF8, "text must be UTF-8") }
            return finish(SocketReply(error), to: nil, message, on: connection, clock.now - start)
        }
        return finish(await reply(to: request, connection, isText: message.isText), to: request, message, on: connection, clock.now - start)
    }

    private static func request(in message: SocketMessage) throws(SocketFault) -> SocketRequest {
        let bytes = message.payload.readableBytesView
        guard !message.isText else { return try SocketRequest(Array(bytes)) }
        let json: [UInt8]
        do throws(MessagePackFault) {
            json = try MessagePack.json(from: bytes, maximumDepth: Limits.jsonDepth)
        } catch {
            throw .unreadable(error.description)
        }
        return try SocketRequest(json)
    }

    private static func isUTF8(_ payload: ByteBuffer) -> Bool {
        String(validating: payload.readableBytesView, as: UTF8.self) != nil
    }

    private func reply(
        to request: SocketRequest, _ connection: SocketConnection, isText: Bool
    ) async -> SocketReply {
        do {
            let call = try call(request, connection, isText)
            return try await perform(call)
        } catch let fault as SocketFault {
            return SocketReply(fault)
        } catch let error as OperationError {
            error.report(to: logger)
            return SocketReply(SocketFault(error))
        } catch {
            logger.error("request failed", metadata: ["connection": "\(connection.id)", "reason": "\(error)"])
            return SocketReply(
                SocketFault(
                    status: 500, error: "Unexpected error.", exception: "The request failed; see \(connection.id)."))
        }
    }

    /// The checks that all actions share: the action first, then the headers.
    private func call(
        _ request: SocketRequest, _ connection: SocketConnection, _ isText: Bool
    ) throws(SocketFault) -> SocketCall {
        guard let action = SocketAction(rawValue: request.actionName) else { throw .unknownAction(request.actionName) }
        let headers = try SocketFields("headers", request.text, request.headers)
        let body = try SocketFields("body", request.text, request.body)
        for name in Self.textHeaders { _ = try headers.string(name) }
        let projectName = try headers.demandString("X-Project-ID")
        guard let project = ProjectID(projectName) else {
            throw .invalid("X-Project-ID: must have 1 to \(Limits.projectCharacters) characters.")
        }
        let client = action == .authenticate ? try headers.string("Client-ID") : try headers.demandString("Client-ID")
        try checkSignature(headers, action, body, projectName)
        return SocketCall(
            action: action, client: try clientID(client, action), project: project, body: body, connection: connection,
            isText: isText)
    }

    private static let textHeaders = ["X-Auth-Token", "User-Agent", "Date", "Accept"]

    private func clientID(_ text: String?, _ action: SocketAction) throws(SocketFault) -> ClientID {
        guard let text, action != .authenticate else { return ClientID(text ?? "") }
        do throws(ClientIDRefusal) {
            return try options.clientIDs.client(text)
        } catch {
            throw .invalid(error.description)
        }
    }

    private func finish(
        _ reply: SocketReply, to request: SocketRequest?, _ message: SocketMessage, on connection: SocketConnection,
        _ duration: Duration
    ) -> SocketAnswer {
        counters.answered(reply.status)
        record(reply, request, connection, duration)
        let text = reply.envelope(of: request)
        guard !message.isText else { return .reply(SocketMessage(isText: true, payload: ByteBuffer(bytes: text))) }
        do throws(JSONFault) {
            return .reply(SocketMessage(isText: false, payload: ByteBuffer(bytes: try Self.packed(text))))
        } catch {
            logger.error("answer not encoded", metadata: ["reason": "\(error)"])
            return .close(.goingAway, "the answer cannot be encoded")
        }
    }

    /// Answers and pushes hold documents of clients a few levels deeper than these sent them.
    static func packed(_ text: [UInt8]) throws(JSONFault) -> [UInt8] {
        try MessagePack.bytes(fromJSON: text, maximumDepth: Limits.jsonDepth + 8)
    }

    private func record(
        _ reply: SocketReply, _ request: SocketRequest?, _ connection: SocketConnection, _ duration: Duration
    ) {
        guard events.minimumLevel <= .info else { return }
        let headers = request.flatMap { try? SocketFields("headers", $0.text, $0.headers) }
        let body = request.flatMap { try? SocketFields("body", $0.text, $0.body) }
        let project = try? headers?.string("X-Project-ID")
        let queue = try? body?.string("queue_name")
        events.request(
            RequestEvent(
                requestID: connection.id, method: "WEBSOCKET", path: String((request?.actionName ?? "").prefix(64)),
                status: reply.status, project: project, queue: queue,
                pool: Self.key(project, queue).flatMap { operations.knownPool(of: $0) },
                durationMicroseconds: Int(duration / .microseconds(1))))
    }

    private static func key(_ project: String?, _ queue: String?) -> QueueKey? {
        guard let project = project.flatMap({ ProjectID($0) }), let name = queue.flatMap({ QueueName($0) }) else { return nil }
        return QueueKey(project: project, name: name)
    }
}
