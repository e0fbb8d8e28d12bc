internal import HTTPTypes
internal import WeirDomain

/// Who calls: every resource but a few wants both headers (API section 1.1).
struct Caller {
    let client: ClientID
    let project: ProjectID
}

extension Caller {
    init(_ headers: KnownHeaders, rule: ClientIDRule) throws(Fault) {
        guard let id = headers.client else {
            throw Fault(.badRequest, "Missing header value", "Client-ID: the header is required.")
        }
        do throws(ClientIDRefusal) {
            client = try rule.client(id)
        } catch {
            throw Fault(.badRequest, "Wrong UUID value", error.description)
        }
        guard let name = headers.project else {
            throw Fault(.badRequest, "Project-Id Missing", "X-Project-ID: the header is required.")
        }
        guard !name.isEmpty else {
            throw Fault(
                .badRequest, "Empty project header not allowed", "X-Project-ID: the header may not be empty.")
        }
        guard let project = ProjectID(name) else {
            throw Fault(
                .badRequest, "Invalid queue identification",
                "X-Project-ID: at most \(Limits.projectCharacters) characters are allowed.")
        }
        self.project = project
    }
}

extension HTTPField.Name {
    static let requestID = Self.known("X-OpenStack-Request-ID")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is a header name") }
        return field
    }
}
