internal import HTTPTypes
internal import NIOCore
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    func encoding(_ queue: QueueKey) -> MessageEncoding {
        MessageEncoding(queue: queue, now: operations.clock.now(), checksums: options.checksums)
    }

    // MARK: Posting

    func postMessages(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let terms = try await operations.postTerms(of: queue)
        let drafts = Self.drafts(try call.body.bytes(limit: terms.maximumBytes))
        let ids = try await operations.postMessages(try drafts.get(), from: call.caller.client, to: queue, under: terms)
        let collection = "\(queue.href)/messages"
        var body: [UInt8] = []
        body.reserveCapacity(32 + ids.count * (collection.utf8.count + 42))
        JSONWriter.append(literal: "{\"resources\":[", to: &body)
        for (index, id) in ids.enumerated() {
            JSONWriter.append(literal: index == 0 ? "\"" : ",\"", to: &body)
            body.append(contentsOf: collection.utf8)
            body.append(UInt8(ascii: "/"))
            id.append(to: &body)
            body.append(UInt8(ascii: "\""))
        }
        JSONWriter.append(literal: "]}", to: &body)
        let location = "\(collection)?ids=\(ids.map(\.text).joined(separator: ","))"
        return .json(.created, body, headers: [(.location, location)])
    }

    /// The messages of the request: their bodies are copied out of it once, as they are.
    private static func drafts(_ request: ByteBuffer) -> Result<[MessageDraft], Fault> {
        let view = request.readableBytesView
        do throws(PostFault) {
            let posted = try PostedMessages.decode(view, maximumDepth: Limits.jsonDepth)
            return .success(
                posted.map { message in
                    let start = view.startIndex + message.body.lowerBound
                    let end = view.startIndex + message.body.upperBound
                    return MessageDraft(body: MessageBody(Array(view[start..<end])), ttl: message.ttl, delay: message.delay)
                })
        } catch {
            switch error {
            case .json, .envelope: return .failure(.invalidBody(error.description))
            case .noMessages, .emptyMessages: return .failure(.invalidRequest(error.description))
            }
        }
    }

    // MARK: Reading

    func readMessages(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        if let ids = call.query.list("ids") {
            let found = try await operations.getMessages(ids, in: queue)
            var body: [UInt8] = [UInt8(ascii: "{")]
            encoding(queue).append(list: found, to: &body)
            body.append(UInt8(ascii: "}"))
            return .json(.ok, body)
        }
        return try await listMessages(call, queue)
    }

    private func listMessages(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let query = call.query
        var listing = MessageListing()
        listing.marker = query.text("marker")
        listing.limit = try query.integer("limit")
        let echo = try query.boolean("echo")
        let claimed = try query.boolean("include_claimed")
        let delayed = try query.boolean("include_delayed")
        listing.echo = echo ?? false
        listing.includeClaimed = claimed ?? false
        listing.includeDelayed = delayed ?? false
        let page = try await operations.listMessages(in: queue, for: call.caller.client, listing)
        var link = PageLink(path: call.target.path)
        link.marker(in: query)
        link.add("limit", listing.limit)
        link.add("echo", echo)
        link.add("include_claimed", claimed)
        link.add("include_delayed", delayed)
        var body: [UInt8] = [UInt8(ascii: "{")]
        encoding(queue).append(list: page.items, to: &body)
        body.append(UInt8(ascii: ","))
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }

    func showMessage(_ id: String, _ queue: QueueKey) async throws -> Reply {
        let message = try await operations.getMessage(id, in: queue)
        var body: [UInt8] = []
        encoding(queue).append(message, to: &body)
        return .json(.ok, body)
    }

    // MARK: Deleting

    func deleteMessage(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        try await operations.deleteMessage(id, holding: call.query.text("claim_id"), in: queue)
        return .empty(.noContent)
    }

    func deleteMessages(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let ids = call.query.list("ids")
        let claims = call.query.list("claim_ids")
        let pop = try call.query.integer("pop")
        switch (ids, pop) {
        case (let ids?, nil):
            if options.deletesOnlyClaimed, claims == nil {
                throw Fault.invalidRequest("claim_ids: is required next to ids.")
            }
            try await operations.deleteMessages(
                ids, demanding: options.deletesOnlyClaimed ? claims : nil, in: queue)
            return .empty(.noContent)
        case (nil, let count?):
            if options.deletesOnlyClaimed, claims != nil {
                throw Fault.invalidRequest("claim_ids: is not allowed next to pop.")
            }
            return try await popMessages(count, queue)
        default:
            throw Fault.invalidRequest("Exactly one of the parameters ids and pop is required.")
        }
    }

    private func popMessages(_ count: Int, _ queue: QueueKey) async throws -> Reply {
        let popped = try await operations.popMessages(count, from: queue)
        let encoding = encoding(queue)
        var body: [UInt8] = []
        JSONWriter.append(literal: "{\"messages\":[", to: &body)
        for (index, message) in popped.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            encoding.append(popped: message, to: &body)
        }
        JSONWriter.append(literal: "]}", to: &body)
        return .json(.ok, body)
    }
}
