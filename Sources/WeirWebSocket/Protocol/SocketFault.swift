internal import WeirJSON
internal import WeirOperations

/// A refusal as the client sees it (WebSocket contract, section 2).
struct SocketFault: Error {
    let status: Int
    /// The sentence that clients show.
    let error: String
    /// The reason, where there is more to say than the sentence does.
    var exception: String?

    static let invalidSchema = "Schema validation failed."

    /// A header or a member that is missing or of the wrong type.
    static func schema(_ detail: String) -> SocketFault {
        SocketFault(status: 400, error: invalidSchema, exception: detail)
    }

    /// A value out of range, and the like.
    static func invalid(_ sentence: String) -> SocketFault {
        SocketFault(status: 400, error: sentence, exception: sentence)
    }

    static func notFound(_ sentence: String) -> SocketFault {
        SocketFault(status: 404, error: sentence, exception: sentence)
    }

    /// What is said of a request that could not be read at all.
    static func unreadable(_ sentence: String) -> SocketFault {
        SocketFault(status: 400, error: sentence)
    }

    /// Runs `read` and turns its fault into what the client is told.
    static func readable<Value>(_ read: () throws(JSONFault) -> Value) throws(SocketFault) -> Value {
        do throws(JSONFault) {
            return try read()
        } catch {
            throw .unreadable(error.description)
        }
    }

    static func unknownAction(_ name: String) -> SocketFault {
        SocketFault(status: 400, error: "\(name.prefix(64)) is not a valid action")
    }

    var body: JSONValue {
        var body = JSONObject()
        if let exception { body["exception"] = .string(exception) }
        body["error"] = .string(error)
        return .object(body)
    }
}

extension SocketFault {
    init(_ failure: OperationError) {
        let sentence = failure.sentence
        let status =
            switch failure {
            case .invalidRequest, .invalidBody, .deletionClaimInvalid: 400
            case .poolRefused, .flavorRefused, .flavorUpdateRefused, .subscriptionUpdateRefused: 400
            case .deletionForbidden: 403
            case .notFound: 404
            case .conflict: 409
            case .failure: 500
            case .unavailable, .noPool, .identityMissing: 503
            }
        self.init(status: status, error: sentence, exception: sentence)
    }
}
