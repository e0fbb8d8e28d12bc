package import WeirStorage

extension OperationError {
    /// One sentence for the caller.
    package var sentence: String {
        switch self {
        case .invalidRequest(let text), .invalidBody(let text), .notFound(let text), .conflict(let text),
            .deletionForbidden(let text), .deletionClaimInvalid(let text), .poolRefused(let text),
            .flavorRefused(let text), .flavorUpdateRefused(let text), .subscriptionUpdateRefused(let text),
            .identityMissing(let text), .failure(let text), .noPool(let text):
            text
        case .unavailable(let error): Self.sentence(for: error)
        }
    }

    /// What a caller is told when a store did not do it. The reason stays in the log: it may name hosts and files.
    package static func sentence(for error: StorageError) -> String {
        switch error {
        case .busy: "The service is busy. Please try again in a few seconds."
        case .unknownOutcome:
            "The store did not answer, so the request may or may not have taken effect. Please check and try again."
        case .queueNotOpen, .staleRoute, .fenced, .refused, .unavailable, .cutOff:
            "The request cannot be served now. Please try again in a few seconds."
        }
    }
}
