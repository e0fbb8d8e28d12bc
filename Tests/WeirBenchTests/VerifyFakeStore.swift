import Synchronization
import WeirBench

/// As much of a message queue as a verified run asks for, with faults on demand.
final class VerifyFakeStore: Sendable {
    enum Fault: CaseIterable {
        /// Keeps every message but each fiftieth, and acknowledges all.
        case loses
        /// Gives each fiftieth message back after it acknowledged its delete.
        case resurrects
        /// Hands out each fiftieth message without holding it.
        case sharesClaims
        /// Hands out the newest message first.
        case turnsRound
        /// Hands out each fiftieth message with another body.
        case changesBodies
        /// Hands out each fiftieth message under another id.
        case changesIDs
        /// Refuses the delete of each fiftieth message at once, and drops it.
        case refusesAndDrops
        /// Lists each fiftieth message for ever after it acknowledged its delete.
        case keepsListed
    }

    fileprivate struct Message {
        let id: String
        let body: Substring
        let number: Int
        var heldUntil: ContinuousClock.Instant?
        /// Listed, and nothing else.
        var isGhost = false
    }

    struct State {
        fileprivate var queues: [String: [Message]] = [:]
        var created: [String] = []
        var createdWith: Set<String> = []
        var deleted: [String] = []
        var requests = 0
        var accepted = 0
    }

    let state = Mutex(State())
    private let fault: Fault?
    private let claimTTL: Int
    private let isFlaky: Bool

    /// - Parameter isFlaky: whether requests for messages and claims are refused now and then, or get no answer though
    ///   something was done.
    init(_ fault: Fault? = nil, claimTTL: Int = 60, isFlaky: Bool = false) {
        self.fault = fault
        self.claimTTL = claimTTL
        self.isFlaky = isFlaky
    }

    func reply(to request: FakeRequest) -> FakeReply {
        state.withLock { state in
            state.requests += 1
            let parts = request.path.split(whereSeparator: { "/?".contains($0) }).map(String.init)
            let isAboutMessages = parts.count > 3
            if isFlaky && isAboutMessages && state.requests.isMultiple(of: 13) { return .answer(503, "{}") }
            let reply = act(request, queue: parts[2], Array(parts.dropFirst(3)), &state)
            return isFlaky && isAboutMessages && state.requests.isMultiple(of: 17) ? .hangUp : reply
        }
    }

    private func act(
        _ request: FakeRequest, queue: String, _ rest: [String], _ state: inout State
    ) -> FakeReply {
        switch (request.method, rest.first) {
        case ("PUT", nil):
            state.created.append(queue)
            state.createdWith.insert(request.body)
            return .answer(201)
        case ("DELETE", nil):
            state.deleted.append(queue)
            return .answer(204)
        case ("POST", "messages"): return post(request, queue, &state)
        case ("GET", "messages"): return .answer(200, list(request.path, queue, state))
        case ("POST", "claims"): return claim(queue, &state)
        case ("DELETE", "messages"): return delete(rest[1], queue, &state)
        default: return .answer(404)
        }
    }

    private func post(_ request: FakeRequest, _ queue: String, _ state: inout State) -> FakeReply {
        var hrefs: [String] = []
        for part in request.body.split(separator: "\"body\":\"").dropFirst() {
            state.accepted += 1
            let id = "id-\(state.accepted)"
            hrefs.append("\"/v2/queues/\(queue)/messages/\(id)\"")
            if fault == .loses && state.accepted.isMultiple(of: 50) { continue }
            let body = part.prefix { $0 != "\"" }
            state.queues[queue, default: []].append(Message(id: id, body: body, number: state.accepted))
        }
        return .answer(201, "{\"resources\":[\(hrefs.joined(separator: ","))]}")
    }

    private func claim(_ queue: String, _ state: inout State) -> FakeReply {
        let now = ContinuousClock.now
        var messages = state.queues[queue, default: []]
        let free = messages.indices.filter {
            !messages[$0].isGhost && messages[$0].heldUntil.map { $0 <= now } ?? true
        }
        let chosen = Array(fault == .turnsRound ? free.suffix(10).reversed() : Array(free.prefix(10)))
        guard !chosen.isEmpty else { return .answer(204) }
        for place in chosen where !(fault == .sharesClaims && messages[place].number.isMultiple(of: 50)) {
            messages[place].heldUntil = now + .seconds(claimTTL)
        }
        state.queues[queue] = messages
        return .answer(201, page(queue, chosen.map { messages[$0] }))
    }

    private func delete(_ id: String, _ queue: String, _ state: inout State) -> FakeReply {
        if let place = state.queues[queue]?.firstIndex(where: { $0.id == id }) {
            let isChosen = state.queues[queue]?[place].number.isMultiple(of: 50) == true
            if fault == .keepsListed && isChosen {
                state.queues[queue]?[place].isGhost = true
            } else if fault == .resurrects && isChosen {
                // Once: it comes again and then is gone.
                if let message = state.queues[queue]?.remove(at: place) {
                    state.queues[queue]?.append(Message(id: message.id, body: message.body, number: 1))
                }
            } else {
                state.queues[queue]?.remove(at: place)
                if fault == .refusesAndDrops && isChosen { return .answer(403, "{}") }
            }
        }
        return .answer(204)
    }

    /// A page, three messages at most, with a link to the next one.
    private func list(_ path: String, _ queue: String, _ state: State) -> String {
        let marker = path.split(separator: "marker=").dropFirst().first.flatMap { Int($0) } ?? 0
        let rest = state.queues[queue, default: []].dropFirst(marker)
        let next = "/v2/queues/\(queue)/messages?include_claimed=true&marker=\(marker + 3)"
        return page(queue, rest.prefix(3), links: rest.isEmpty ? "" : "{\"rel\":\"next\",\"href\":\"\(next)\"}")
    }

    private func page(_ queue: String, _ messages: some Sequence<Message>, links: String = "") -> String {
        let texts = messages.map { message in
            let isChosen = message.number.isMultiple(of: 50)
            let body = fault == .changesBodies && isChosen ? "\(message.body)x" : String(message.body)
            let id = fault == .changesIDs && isChosen ? "\(message.id)x" : message.id
            let href = "/v2/queues/\(queue)/messages/\(message.id)?claim_id=c"
            return "{\"id\":\"\(id)\",\"href\":\"\(href)\",\"ttl\":300,\"age\":0,\"body\":\"\(body)\"}"
        }
        return "{\"messages\":[\(texts.joined(separator: ","))],\"links\":[\(links)]}"
    }
}
