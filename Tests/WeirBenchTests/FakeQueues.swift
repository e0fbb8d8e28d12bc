import Synchronization

/// As much of a message queue as the bench asks for.
final class FakeQueues: Sendable {
    struct Queue {
        var available: [String] = []
        var claimed: Set<String> = []
    }

    struct State {
        var queues: [String: Queue] = [:]
        var created: [String] = []
        var deleted: [String] = []
        var clients: Set<String> = []
        var projects: Set<String> = []
        var nextID = 0
    }

    let state = Mutex(State())

    func reply(to request: FakeRequest) -> FakeReply {
        state.withLock { state in
            state.clients.insert(request.headers["client-id"] ?? "")
            state.projects.insert(request.headers["x-project-id"] ?? "")
            let parts = request.path.split(separator: "/", maxSplits: 3)
            let queue = String(parts[2])
            let rest = parts.count > 3 ? String(parts[3]) : ""
            switch (request.method, rest.split(separator: "?").first ?? "") {
            case ("PUT", ""):
                state.created.append(queue)
                state.queues[queue] = Queue()
                return .answer(201)
            case ("DELETE", ""):
                state.deleted.append(queue)
                state.queues[queue] = nil
                return .answer(204)
            case ("POST", "messages"): return Self.post(request, to: queue, &state)
            case ("GET", "messages"):
                let page = state.queues[queue]?.available.prefix(Self.limit(rest)) ?? []
                return .answer(200, Self.page(Array(page)))
            case ("POST", "claims"): return Self.claim(Self.limit(rest), in: queue, &state)
            case ("DELETE", "messages"): return Self.delete(rest, in: queue, &state)
            case ("DELETE", _): return Self.deleteOne(rest, in: queue, &state)
            default: return .answer(404)
            }
        }
    }

    private static func post(_ request: FakeRequest, to queue: String, _ state: inout State) -> FakeReply {
        let count = request.body.split(separator: "\"body\":").count - 1
        for _ in 0..<count {
            state.nextID += 1
            state.queues[queue, default: Queue()].available.append("id-\(state.nextID)")
        }
        return .answer(201, #"{"resources":[]}"#)
    }

    private static func claim(_ limit: Int, in queue: String, _ state: inout State) -> FakeReply {
        let ids = Array(state.queues[queue]?.available.prefix(limit) ?? [])
        guard !ids.isEmpty else { return .answer(204) }
        state.queues[queue]?.available.removeFirst(ids.count)
        state.queues[queue]?.claimed.formUnion(ids)
        return .answer(201, page(ids, address: "/v2/queues/\(queue)/messages/", claim: "c"))
    }

    private static func delete(_ rest: String, in queue: String, _ state: inout State) -> FakeReply {
        let ids = rest.split(separator: "ids=").last?.split(separator: ",").map(String.init) ?? []
        for id in ids where state.queues[queue]?.claimed.remove(id) == nil { return .answer(400) }
        return ids.count <= 20 ? .answer(204) : .answer(400)
    }

    private static func deleteOne(_ rest: String, in queue: String, _ state: inout State) -> FakeReply {
        let parts = rest.split(whereSeparator: "/?=".contains).map(String.init)
        guard parts.count == 4, parts[0] == "messages", parts[2...] == ["claim_id", "c"] else { return .answer(404) }
        return state.queues[queue]?.claimed.remove(parts[1]) == nil ? .answer(400) : .answer(204)
    }

    private static func limit(_ rest: String) -> Int {
        let value = rest.split(separator: "limit=").last?.split(separator: "&").first ?? ""
        return Int(value) ?? 10
    }

    private static func page(_ ids: [String], address: String = "", claim: String = "") -> String {
        let messages = ids.map { id in
            #"{"id":"\#(id)","href":"\#(address)\#(id)?claim_id=\#(claim)","body":"text \"id\":\"no\"","ttl":300}"#
        }
        return #"{"messages":[\#(messages.joined(separator: ","))],"links":[]}"#
    }
}
