package import WeirDomain

/// What of a queue its owner wants to share. Nil takes the default.
package struct ShareRequest: Sendable {
    /// Out of `ShareRequest.parts`.
    package var parts: [String]?
    package var methods: [String]?
    /// ISO 8601.
    package var expires: String?

    package init() {}

    /// What can be shared. Nothing else of a queue ever is.
    package static let parts = ["messages", "subscriptions", "claims"]
}

extension Operations {
    /// A signature with which anybody may use the named parts of the queue, which need not exist (API section 6.3).
    ///
    /// - Parameter path: Of the queue, as the client spelt it.
    package func share(
        _ path: String, of project: ProjectID, _ request: ShareRequest
    ) throws(OperationError) -> URLSignature {
        let now = clock.now()
        let parts = try Self.sharedParts(request.parts ?? ["messages"])
        let methods = try Self.sharedMethods(request.methods ?? [])
        let end = try shareEnd(request.expires, now)
        guard URLGrant.isProject(project.value) else {
            throw .invalidRequest("X-Project-ID: a project with a backslash in its name cannot share anything.")
        }
        let grant = URLGrant(
            paths: parts.map { "\(path)/\($0)" }, methods: methods, project: project.value,
            expires: CivilTime(end).text)
        guard let grant else { throw .invalidRequest("The path of the queue cannot be signed.") }
        guard let signature = signer.sign(grant) else {
            throw .invalidRequest("Nothing can be shared here: the operator has set no signed_url.secret_key.")
        }
        return signature
    }

    private static func sharedParts(_ parts: [String]) throws(OperationError) -> [String] {
        guard (1...Limits.signedPaths).contains(parts.count) else {
            throw .invalidRequest("paths: \(parts.count) given; there may be 1 to \(Limits.signedPaths).")
        }
        guard let unknown = parts.first(where: { !ShareRequest.parts.contains($0) }) else { return parts }
        throw .invalidRequest(
            "paths: '\(unknown.prefix(64))' is not one of \(ShareRequest.parts.joined(separator: ", ")).")
    }

    private static func sharedMethods(_ methods: [String]) throws(OperationError) -> [String] {
        guard !methods.isEmpty else { return ["GET"] }
        guard methods.count <= Limits.signedMethods else {
            throw .invalidRequest("methods: \(methods.count) given; at most \(Limits.signedMethods) are allowed.")
        }
        guard let wrong = methods.first(where: { !URLGrant.isMethod($0) }) else { return methods }
        throw .invalidRequest(
            "methods: '\(wrong.prefix(64))' is no method; one has 1 to \(Limits.signedMethodBytes) letters.")
    }

    private func shareEnd(_ text: String?, _ now: Timestamp) throws(OperationError) -> Timestamp {
        guard let text else {
            return now.adding(seconds: min(Limits.defaultShareSeconds, signer.maximumSeconds))
        }
        guard let end = Timestamp(iso8601: text) else {
            throw .invalidRequest("expires: '\(text.prefix(64))' is no date and time of ISO 8601.")
        }
        // The fraction was dropped, so that an end within this second is over.
        guard end > now else { throw .invalidRequest("expires: '\(text)' is not in the future.") }
        guard end <= now.adding(seconds: signer.maximumSeconds) else {
            throw .invalidRequest("expires: '\(text)' is more than \(signer.maximumSeconds) seconds from now.")
        }
        return end
    }
}
