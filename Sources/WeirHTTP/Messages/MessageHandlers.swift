internal import HTTPTypes
internal import NIOCore
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    func encoding(_ call: Call, _ queue: QueueKey) -> MessageEncoding {
        var encoding = MessageEncoding(
            queue: call.path(of: queue), now: operations.clock.now(), checksums: options.checksums,
            hasIDs: call.version != .v1)
        encoding.showsClaims = call.version != .v1
        return encoding
    }

    // MARK: Posting

    func postMessages(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let terms = try await operations.postTerms(of: queue)
        return Self.posted(try await post(call, queue, under: terms), to: queue, call)
    }

    func post(_ call: Call, _ queue: QueueKey, under terms: PostTerms) async throws -> [MessageID] {
        let drafts = Self.drafts(try call.body.bytes(limit: terms.maximumBytes), in: call.version)
        return try await operations.postMessages(
            try drafts.get(), from: call.caller.client, to: queue, under: terms, once: try Self.idempotencyKey(call))
    }

    private static func idempotencyKey(_ call: Call) throws(Fault) -> IdempotencyKey? {
        guard let text = call.headers.idempotencyKey else { return nil }
        guard let key = IdempotencyKey(text) else {
            throw .invalidRequest(
                "Idempotency-Key: must have 1 to \(Limits.idempotencyKeyBytes) visible ASCII characters.")
        }
        return key
    }

    static func posted(_ ids: [MessageID], to queue: QueueKey, _ call: Call) -> Reply {
        let collection = "\(call.path(of: queue))/messages"
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
        JSONWriter.append(literal: call.version == .v1 ? "],\"partial\":false}" : "]}", to: &body)
        return .json(.created, body, headers: [(.location, location(of: ids, in: collection))])
    }

    /// Where to find just these messages; the queue's messages, if that would be too long for a header.
    private static func location(of ids: [MessageID], in collection: String) -> String {
        guard collection.utf8.count + 5 + ids.count * 37 <= Limits.locationBytes else { return collection }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(collection.utf8.count + 5 + ids.count * 37)
        bytes.append(contentsOf: collection.utf8)
        for (index, id) in ids.enumerated() {
            bytes.append(contentsOf: (index == 0 ? "?ids=" : ",").utf8)
            id.append(to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The messages of the request: their bodies are copied out of it once, as they are.
    private static func drafts(_ request: ByteBuffer, in version: APIVersion) -> Result<[MessageDraft], Fault> {
        let view = request.readableBytesView
        do throws(PostFault) {
            let posted =
                version == .v1
                ? try PostedMessages.decodeArray(view, maximumDepth: Limits.jsonDepth)
                : try PostedMessages.decode(view, maximumDepth: Limits.jsonDepth)
            if version == .v1, let index = posted.firstIndex(where: { $0.ttl == nil }) {
                return .failure(.invalidBody("messages[\(index)] has no member \"ttl\"."))
            }
            return .success(
                posted.map { message in
                    let start = request.readerIndex + message.body.lowerBound
                    let body = request.getBytes(at: start, length: message.body.count) ?? []
                    return MessageDraft(body: MessageBody(body), ttl: message.ttl, delay: message.delay)
                })
        } catch {
            switch error {
            case .json, .envelope: return .failure(.invalidBody(error.description))
            case .noMessages, .emptyMessages, .emptyArray: return .failure(.invalidRequest(error.description))
            }
        }
    }

    // MARK: Reading

    func readMessages(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        if let ids = call.query.list("ids") {
            let found = try await operations.getMessages(ids, in: queue)
            var body: [UInt8] = [UInt8(ascii: "{")]
            encoding(call, queue).append(list: found, to: &body)
            body.append(UInt8(ascii: "}"))
            return .json(.ok, body)
        }
        return try await listMessages(call, queue)
    }

    private func listMessages(_ call: Call, _ queue: QueueKey) async throws -> Reply {
        let (page, link) = try await messagePage(call, queue)
        var body: [UInt8] = [UInt8(ascii: "{")]
        encoding(call, queue).append(list: page.items, to: &body)
        body.append(UInt8(ascii: ","))
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: "}"))
        return Reply.json(.ok, body).appliedPreference(of: call)
    }

    /// A page of messages and the link to the next one, which lacks nothing but the marker.
    func messagePage(_ call: Call, _ queue: QueueKey) async throws -> (Page<Message>, PageLink) {
        let query = call.query
        var listing = MessageListing()
        listing.marker = query.text("marker")
        listing.limit = try query.integer("limit")
        let echo = try query.boolean("echo")
        let claimed = try query.boolean("include_claimed")
        // The older versions know nothing of delays.
        let delayed = call.version == .v2 ? try query.boolean("include_delayed") : nil
        listing.echo = echo ?? false
        listing.includeClaimed = claimed ?? false
        listing.includeDelayed = delayed ?? false
        let page = try await operations.listMessages(in: queue, for: call.caller.client, listing, patience: call.patience)
        var link = PageLink(path: call.target.path)
        link.marker(in: query)
        link.add("limit", listing.limit)
        link.add("echo", echo)
        link.add("include_claimed", claimed)
        link.add("include_delayed", delayed)
        return (page, link)
    }

    func showMessage(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        let message = try await operations.getMessage(id, in: queue)
        var body: [UInt8] = []
        encoding(call, queue).append(message, to: &body)
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
        let pop = call.version == .v1 ? nil : try call.query.integer("pop")
        // The older versions cannot name claims here.
        let demandsClaims = options.deletesOnlyClaimed && call.version == .v2
        switch (ids, pop) {
        case (let ids?, nil):
            if demandsClaims, claims == nil {
                throw Fault.invalidRequest("claim_ids: is required next to ids.")
            }
            try await operations.deleteMessages(
                ids, demanding: demandsClaims ? claims : nil, in: queue)
            return .empty(.noContent)
        case (nil, let count?):
            if demandsClaims, claims != nil {
                throw Fault.invalidRequest("claim_ids: is not allowed next to pop.")
            }
            return try await popMessages(call, count, queue)
        default:
            throw Fault.invalidRequest(
                call.version == .v1 ? "ids: is required." : "Exactly one of the parameters ids and pop is required.")
        }
    }

    private func popMessages(_ call: Call, _ count: Int, _ queue: QueueKey) async throws -> Reply {
        let popped = try await operations.popMessages(count, from: queue)
        let encoding = encoding(call, queue)
        var body: [UInt8] = []
        JSONWriter.append(literal: "{\"messages\":", to: &body)
        JSONWriter.append(array: popped.count, to: &body) { encoding.append(popped: popped[$0], to: &$1) }
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }
}
