internal import HTTPTypes
internal import WeirOperations
internal import WeirStorage

/// A refusal as the client sees it (API section 1.3).
struct Fault: Error {
    var status: HTTPResponse.Status
    var title: String
    /// Nil for those that have only a title.
    var description: String?
    var headers: [(HTTPField.Name, String)] = []

    init(
        _ status: HTTPResponse.Status, _ title: String, _ description: String? = nil,
        headers: [(HTTPField.Name, String)] = []
    ) {
        self.status = status
        self.title = title
        self.description = description
        self.headers = headers
    }

    static func invalidRequest(_ description: String) -> Fault {
        Fault(.badRequest, "Invalid API request", description)
    }

    static func invalidBody(_ description: String) -> Fault {
        Fault(.badRequest, "Invalid request body", description)
    }

    static func invalidParameter(_ description: String) -> Fault {
        Fault(.badRequest, "Invalid parameter", description)
    }

    static let noRoute = Fault(.notFound, "404 Not Found")

    init(_ error: OperationError) {
        switch error {
        case .invalidRequest(let text): self = .invalidRequest(text)
        case .invalidBody(let text): self = .invalidBody(text)
        case .notFound(let text): self.init(.notFound, "Not found", text)
        case .conflict(let text): self.init(.conflict, "Resource conflict", text)
        case .deletionForbidden(let text): self.init(.forbidden, "Unable to delete", text)
        case .deletionClaimInvalid(let text): self.init(.badRequest, "Unable to delete", text)
        case .poolRefused(let text): self.init(.badRequest, "Unable to create pool", text)
        case .flavorRefused(let text): self.init(.badRequest, "Unable to create", text)
        case .flavorUpdateRefused(let text): self.init(.badRequest, "updatefail", text)
        case .subscriptionUpdateRefused(let text): self.init(.badRequest, "Unable to update subscription", text)
        case .identityMissing(let text): self.init(.serviceUnavailable, "Service temporarily unavailable", text)
        case .failure(let text): self.init(.internalServerError, "Internal server error", text)
        case .noPool(let text): self = Self.unavailable(text)
        // The reason stays in the log: it may name hosts and files.
        case .unavailable(let error): self = Self.unavailable(OperationError.sentence(for: error))
        }
    }

    private static func unavailable(_ text: String) -> Fault {
        Fault(.serviceUnavailable, "Service temporarily unavailable", text, headers: [(.retryAfter, "1")])
    }
}
