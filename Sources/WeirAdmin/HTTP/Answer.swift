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

    /// What the server says about a request that it refuses. Without a description it does not know the path.
    func refusal(of request: String) -> AdminFailure {
        let fault = (try? object()) ?? JSONObject()
        let title = fault["title"]?.stringValue ?? "HTTP status \(http.status)"
        guard let description = fault["description"]?.stringValue else {
            return AdminFailure("the server refuses \(request): \(title)")
        }
        return AdminFailure("\(title): \(description)", status: http.status == 404 ? 3 : 1)
    }
}
