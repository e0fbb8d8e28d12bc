internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension SocketService {
    private var text: SocketMessageText { SocketMessageText(now: operations.clock.now()) }

    private func reply(_ status: Int = 200, _ write: (SocketMessageText, inout [UInt8]) -> Void) -> SocketReply {
        var body: [UInt8] = []
        JSONWriter.append(literal: "{\"messages\":", to: &body)
        write(text, &body)
        body.append(UInt8(ascii: "}"))
        return SocketReply(status, body)
    }

    func postMessages(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        guard let list = call.body.range("messages") else { throw SocketFault.schema("body.messages: is required.") }
        let drafts = try Self.drafts(call.body)
        let terms = try await operations.postTerms(of: queue)
        guard list.count <= terms.maximumBytes else {
            throw SocketFault.invalid(
                "messages: \(list.count) bytes are too many; at most \(terms.maximumBytes) are allowed.")
        }
        let ids = try await operations.postMessages(drafts, from: call.client, to: queue, under: terms)
        return SocketReply(201, ["message_ids": .array(ids.map { .string($0.text) })])
    }

    /// The messages of the body, each one's own body as it came.
    private static func drafts(_ body: SocketFields) throws(SocketFault) -> [MessageDraft] {
        guard let whole = body.whole else { return [] }
        do throws(PostFault) {
            return try PostedMessages.decode(body.text[whole], maximumDepth: Limits.jsonDepth).map { message in
                let range = message.body.lowerBound + whole.lowerBound..<message.body.upperBound + whole.lowerBound
                return MessageDraft(body: MessageBody(Array(body.text[range])), ttl: message.ttl, delay: message.delay)
            }
        } catch {
            switch error {
            case .json: throw .unreadable(error.description)
            case .envelope, .noMessages: throw .schema(error.description)
            case .emptyMessages, .emptyArray: throw .invalid(error.description)
            }
        }
    }

    func listMessages(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        var listing = MessageListing()
        listing.marker = try call.body.string("marker")
        listing.limit = try call.body.integer("limit")
        listing.echo = try call.body.boolean("echo") ?? false
        listing.includeClaimed = try call.body.boolean("include_claimed") ?? false
        listing.includeDelayed = try call.body.boolean("include_delayed") ?? false
        let page = try await operations.listMessages(in: queue, for: call.client, listing)
        if page.items.isEmpty, try await !operations.queueExists(queue) {
            throw SocketFault.notFound("Queue '\(queue.name.value)' does not exist.")
        }
        return reply { $0.append(list: page.items, to: &$1) }
    }

    func getMessage(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let message = try await operations.getMessage(try call.body.demandString("message_id"), in: queue)
        return reply { $0.append(message, to: &$1) }
    }

    func getMessages(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        guard let ids = try call.body.strings("message_ids") else {
            throw SocketFault.schema("body.message_ids: is required.")
        }
        guard !ids.isEmpty else { throw SocketFault.invalid("message_ids: at least one id is required.") }
        do throws(OperationError) {
            let found = try await operations.getMessages(ids, in: queue)
            return reply { $0.append(list: found, to: &$1) }
        } catch .notFound {
            return reply { $0.append(list: [], to: &$1) }
        }
    }

    func deleteMessage(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        try await operations.deleteMessage(
            try call.body.demandString("message_id"), holding: try call.body.string("claim_id"), in: queue)
        return SocketReply(204, [:])
    }

    func deleteMessages(_ call: SocketCall) async throws -> SocketReply {
        let queue = try call.queue()
        let claims = try call.body.strings("claim_ids")
        switch (try call.body.strings("message_ids"), try call.body.integer("pop")) {
        case (let ids?, nil):
            if options.deletesOnlyClaimed, claims == nil {
                throw SocketFault.invalid("claim_ids: is required next to message_ids.")
            }
            try await operations.deleteMessages(ids, demanding: options.deletesOnlyClaimed ? claims : nil, in: queue)
            return SocketReply(204, [:])
        case (nil, let count?):
            if options.deletesOnlyClaimed, claims != nil {
                throw SocketFault.invalid("claim_ids: is not allowed next to pop.")
            }
            let popped = try await operations.popMessages(count, from: queue)
            return reply { text, body in
                JSONWriter.append(array: popped.count, to: &body) { text.append(popped: popped[$0], to: &$1) }
            }
        default:
            throw SocketFault.invalid("Exactly one of message_ids and pop is required.")
        }
    }
}
