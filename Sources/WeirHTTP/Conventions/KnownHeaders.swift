internal import NIOHTTP1

/// The headers that matter to every request, read in one pass: looking each up by name costs more.
struct KnownHeaders {
    private(set) var client: String?
    private(set) var project: String?
    private(set) var contentType: String?
    private(set) var contentLength: String?
    private(set) var transferEncoding: String?
    private(set) var accept: String?
    private(set) var prefer: String?
    private(set) var origin: String?
    private(set) var requestedMethod: String?
    private(set) var idempotencyKey: String?
    private(set) var upgrade: String?
    /// Nil for a request that presents no signature.
    private(set) var signature: SignatureHeaders?

    init(_ fields: HTTPHeaders) {
        var tenant: String?
        for (name, value) in fields {
            switch name.lowercased() {
            case "client-id": client = value
            case "x-project-id": project = value
            case "x-tenant-id": tenant = value
            case "content-type": contentType = value
            case "content-length": contentLength = value
            case "transfer-encoding": transferEncoding = value
            case "accept": accept = accept.map { "\($0),\(value)" } ?? value
            case "prefer": prefer = prefer.map { "\($0),\(value)" } ?? value
            case "origin": origin = value
            case "access-control-request-method": requestedMethod = value
            case "idempotency-key": idempotencyKey = value
            case "upgrade": upgrade = value
            case let name where name.hasPrefix(SignatureHeaders.prefix):
                signature = signature ?? SignatureHeaders()
                signature?.take(name, value)
            default: break
            }
        }
        project = project ?? tenant
    }
}
