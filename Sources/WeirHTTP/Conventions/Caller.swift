internal import HTTPTypes
internal import WeirDomain

/// Who calls: every resource but a few wants both headers (API section 1.1). Version 1 wants neither of most callers.
struct Caller {
    /// Empty if there was none and none was needed.
    let client: ClientID
    let project: ProjectID
}

extension Caller {
    init(_ headers: KnownHeaders, rule: ClientIDRule, needs: CallerNeeds) throws(Fault) {
        if let id = headers.client {
            guard id.isWhole else { throw Fault(.badRequest, "Wrong UUID value", "Client-ID: it must be UTF-8.") }
            do throws(ClientIDRefusal) {
                client = try rule.client(id)
            } catch {
                throw Fault(.badRequest, "Wrong UUID value", error.description)
            }
        } else {
            guard !needs.client else {
                throw Fault(.badRequest, "Missing header value", "Client-ID: the header is required.")
            }
            client = ClientID("")
        }
        guard let name = headers.project else {
            guard !needs.project else {
                throw Fault(.badRequest, "Project-Id Missing", "X-Project-ID: the header is required.")
            }
            project = .hidden(.projectless)
            return
        }
        guard !name.isEmpty else {
            throw Fault(
                .badRequest, "Empty project header not allowed", "X-Project-ID: the header may not be empty.")
        }
        guard name.isWhole else {
            throw Fault(.badRequest, "Invalid queue identification", "X-Project-ID: it must be UTF-8.")
        }
        guard let project = ProjectID(name) else {
            throw Fault(
                .badRequest, "Invalid queue identification",
                "X-Project-ID: at most \(Limits.projectCharacters) characters are allowed.")
        }
        self.project = project
    }
}

extension String {
    /// Whether a header came in UTF-8. Bytes that are none arrive as the character for what cannot be read, so two names
    /// that differ could be one.
    fileprivate var isWhole: Bool {
        !unicodeScalars.contains("\u{FFFD}")
    }
}

/// Which of the headers that say who calls are needed.
struct CallerNeeds {
    let client: Bool
    let project: Bool

    init(_ resource: Resource, _ method: HTTPRequest.Method, _ version: APIVersion) {
        project = version != .v1
        var usesClient = false
        if case .messages = resource { usesClient = method == .get || method == .post }
        client = version != .v1 || usesClient
    }
}

extension HTTPField.Name {
    static let requestID = Self.known("X-OpenStack-Request-ID")

    static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is a header name") }
        return field
    }
}
