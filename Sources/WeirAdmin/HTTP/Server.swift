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
    /// - Parameter accepts: Statuses beside those of success that are no failure to the caller.
    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
        accepts: Set<Int> = []
    ) async throws(AdminFailure) -> Answer {
        let answer = try await exchange(method, path, body, type)
        guard 200..<300 ~= answer.http.status || accepts.contains(answer.http.status) else {
            throw answer.refusal(of: "\(method) \(path)")
        }
        return answer
    }

    private func exchange(
        _ method: String, _ path: String, _ body: JSONValue? = nil, _ type: String = ""
    ) async throws(AdminFailure) -> Answer {
        var headers = headers
        if body != nil { headers.append(("Content-Type", type)) }
        return Answer(try await connection.send(method, path, headers: headers, body: body?.bytes ?? []))
    }

    /// What there is to see of a thing now.
    enum Look {
        case seen(JSONObject)
        /// The server does not answer, or says that it cannot serve: that may pass.
        case away(AdminFailure)
    }

    /// Looks at the object that a path shows. Throws what will not be otherwise a moment later.
    ///
    /// - Parameter member: What every such object has.
    func look(at path: String, with member: String) async throws(AdminFailure) -> Look {
        let answer: Answer
        do throws(AdminFailure) {
            answer = try await exchange("GET", path)
        } catch {
            return .away(error)
        }
        guard answer.http.status != 503 else { return .away(answer.refusal(of: "GET \(path)")) }
        guard answer.http.status == 200 else { throw answer.refusal(of: "GET \(path)") }
        return .seen(try answer.object(with: member))
    }

    /// The JSON value that a path shows.
    package func get(_ path: String) async throws(AdminFailure) -> JSONValue {
        try await send("GET", path).value()
    }

    /// The JSON object that a path shows.
    ///
    /// - Parameter member: What every such object has.
    package func object(_ path: String, with member: String) async throws(AdminFailure) -> JSONObject {
        try await send("GET", path).object(with: member)
    }
}
