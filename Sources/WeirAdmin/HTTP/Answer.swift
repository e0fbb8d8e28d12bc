internal import WeirJSON

/// An answer of the API.
struct Answer {
    let http: HTTPAnswer

    init(_ http: HTTPAnswer) {
        self.http = http
    }

    /// The body as JSON.
    func value() throws(AdminFailure) -> JSONValue {
        do throws(JSONFault) {
            return try JSONValue.parse(http.body)
        } catch {
            throw AdminFailure("the server's answer cannot be read: \(error.description)")
        }
    }

    /// The body as a JSON object; empty if there is no body.
    func object() throws(AdminFailure) -> JSONObject {
        guard !http.body.isEmpty else { return JSONObject() }
        guard let object = try value().objectValue else {
            throw AdminFailure("the server's answer is not a JSON object")
        }
        return object
    }

    /// The body as a JSON object with at least this member, by which the API is told from whatever else speaks HTTP.
    func object(with member: String) throws(AdminFailure) -> JSONObject {
        let object = try object()
        guard object[member] != nil else { throw .strangeAnswer("has no '\(member)'") }
        return object
    }

    /// Throws unless the status is one of those that the API has for such a request.
    func demand(_ statuses: Int...) throws(AdminFailure) {
        guard statuses.contains(http.status) else { throw .strangeAnswer("has the status \(http.status)") }
    }

    /// What the server says about a request that it refuses. Without a description it does not know the path.
    func refusal(of request: String) -> AdminFailure {
        if 300..<400 ~= http.status, let target = http.header("Location") {
            return AdminFailure("the server answered \(request) with a redirect to \(target), which is not followed")
        }
        let fault = (try? object()) ?? JSONObject()
        let title = fault["title"]?.stringValue ?? "HTTP status \(http.status)"
        guard let description = fault["description"]?.stringValue else {
            return AdminFailure("the server refuses \(request): \(title)")
        }
        return AdminFailure("\(title): \(description)", status: http.status == 404 ? 3 : 1)
    }
}

extension JSONObject {
    /// The items of the list that a member of an answer is.
    func items(_ member: String) throws(AdminFailure) -> [JSONObject] {
        guard let items = self[member]?.arrayValue else { throw .strangeAnswer("has no list '\(member)'") }
        return items.compactMap(\.objectValue)
    }
}
