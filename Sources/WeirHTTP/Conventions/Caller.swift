internal import HTTPTypes
internal import WeirDomain

/// Who calls: every resource but a few wants both headers (API section 1.1). Version 1 wants neither of most callers.
struct Caller {
    /// Empty if there was none and none was needed.
    let client: ClientID
    let project: ProjectID
}

/// How client ids are checked.
package struct ClientIDRule: Sendable {
    /// Only UUIDs; otherwise anything of a length in `lengths`.
    package var demandsUUID = true
    package var lengths = 10...36

    package init(demandsUUID: Bool = true, lengths: ClosedRange<Int> = 10...36) {
        self.demandsUUID = demandsUUID
        self.lengths = lengths
    }

    /// Spellings of one UUID are one client.
    func client(_ text: String) throws(Fault) -> ClientID {
        if let uuid = Self.uuid(text) { return ClientID(uuid) }
        guard !demandsUUID else {
            throw Fault(.badRequest, "Wrong UUID value", "Client-ID: must be a UUID, 32 hexadecimal digits with or without dashes.")
        }
        guard lengths.contains(text.count) else {
            throw Fault(
                .badRequest, "Wrong UUID value",
                "Client-ID: must have \(lengths.lowerBound) to \(lengths.upperBound) characters.")
        }
        return ClientID(text)
    }

    /// 32 hexadecimal digits, with dashes, braces or a URN prefix as Python's parser takes them.
    private static func uuid(_ text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        if let bits = Identifier128.bits(text) { return Identifier128.text(high: bits.high, low: bits.low) }
        var rest = text[...]
        if rest.hasPrefix("urn:") { rest = rest.dropFirst(4) }
        if rest.hasPrefix("uuid:") { rest = rest.dropFirst(5) }
        while rest.first == "{" || rest.first == "}" { rest = rest.dropFirst() }
        while rest.last == "{" || rest.last == "}" { rest = rest.dropLast() }
        guard let bits = Identifier128.bits(String(rest)) else { return nil }
        return Identifier128.text(high: bits.high, low: bits.low)
    }
}

extension Caller {
    init(_ headers: KnownHeaders, rule: ClientIDRule, needs: CallerNeeds) throws(Fault) {
        if let id = headers.client {
            client = try rule.client(id)
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
        guard let project = ProjectID(name) else {
            throw Fault(
                .badRequest, "Invalid queue identification",
                "X-Project-ID: at most \(Limits.projectCharacters) characters are allowed.")
        }
        self.project = project
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
