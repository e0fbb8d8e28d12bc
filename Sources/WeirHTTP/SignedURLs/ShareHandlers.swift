internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    /// `POST …/share` (API section 6.3).
    func shareQueue(_ call: Call, _ queue: QueueKey) throws -> Reply {
        let body = try call.body.object(limit: Limits.adminBodyBytes)
        let known = ["paths", "methods", "expires"]
        for (name, _) in body where !known.contains(name) {
            throw Fault.invalidRequest("\(name.prefix(64)): is not one of \(known.joined(separator: ", ")).")
        }
        var request = ShareRequest()
        request.parts = try Self.list("paths", of: body)
        request.methods = try Self.list("methods", of: body)
        if let expires = body["expires"] {
            guard let text = expires.stringValue else {
                throw Fault.invalidRequest("expires: must be a string, a date and time of ISO 8601.")
            }
            request.expires = text
        }
        let signature = try operations.share(call.path(of: queue), of: call.project, request)
        return .json(.ok, .object(signature.json))
    }

    private static func list(_ name: String, of body: JSONObject) throws(Fault) -> [String]? {
        guard let value = body[name] else { return nil }
        guard value.arrayValue != nil else { throw .invalidRequest("\(name): must be an array of strings.") }
        return try body.strings(name)
    }
}
