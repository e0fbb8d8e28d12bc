internal import WeirBench
package import WeirJSON

/// The server's API as one project sees it.
package final class Server {
    private let connection: HTTPConnection
    private let headers: [(String, String)]

    /// Where it is: `http://host:port`.
    var url: String { connection.url }


    /// - Parameter project: The tenant; the caller has checked that it can stand in a header.
    package init(_ connection: HTTPConnection, project: String) {
        self.connection = connection
        // Any 32 hexadecimal digits are a client.
        let client = (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        headers = [("Client-ID", client), ("X-Project-ID", project), ("Accept", "application/json")]
    }

    /// Sends a request. Throws what the server refuses.
    ///
    /// - Parameter accepts: Statuses from 400 on that are no failure to the caller.
    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
        accepts: Set<Int> = []
    ) async throws(AdminFailure) -> Answer {
        var headers = headers
        if body != nil { headers.append(("Content-Type", type)) }
        let answer = Answer(
            try await connection.send(method, path, headers: headers, body: body?.bytes ?? []))
        guard answer.http.status < 400 || accepts.contains(answer.http.status) else {
            throw answer.refusal(of: "\(method) \(path)")
        }
        return answer
    }

    /// The JSON value that a path shows.
    package func get(_ path: String) async throws(AdminFailure) -> JSONValue {
        try await send("GET", path).value()
    }

    /// The JSON object that a path shows.
    func object(_ path: String) async throws(AdminFailure) -> JSONObject {
        try await send("GET", path).object()
    }

    /// Every page of a listing, one after the other.
    ///
    /// - Parameters:
    ///   - member: The member of the answer that holds the items. An answer that is an array holds them itself.
    ///   - each: Takes a page; false asks for no more.
    func pages(
        _ path: String, of member: String, _ each: ([JSONObject]) async throws(AdminFailure) -> Bool
    ) async throws(AdminFailure) {
        var next: String? = path
        while let path = next {
            let page = try await get(path)
            let items = (page.arrayValue ?? page.objectValue?[member]?.arrayValue ?? []).compactMap(\.objectValue)
            guard !items.isEmpty else { return }
            guard try await each(items) else { return }
            let link = page.objectValue?["links"]?.arrayValue?.first?.objectValue?["href"]?.stringValue
            guard link != path else { return }
            next = link
        }
    }

    /// All items of a listing that an operator keeps small: pools and flavors.
    func all(_ path: String, of member: String) async throws(AdminFailure) -> [JSONObject] {
        var items: [JSONObject] = []
        try await pages(path, of: member) { (page) throws(AdminFailure) in
            items += page
            return true
        }
        return items
    }
}
