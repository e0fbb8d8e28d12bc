internal import HTTPTypes

/// The headers that matter to every request, read in one pass: looking each up by name costs more.
struct KnownHeaders {
    private(set) var client: String?
    private(set) var project: String?
    private(set) var contentType: String?
    private(set) var contentLength: String?
    private(set) var transferEncoding: String?
    private(set) var accept: String?
    private(set) var origin: String?
    private(set) var requestedMethod: String?
    private(set) var upgrade: String?

    init(_ fields: HTTPFields) {
        var tenant: String?
        for field in fields {
            switch field.name.canonicalName {
            case "client-id": client = field.value
            case "x-project-id": project = field.value
            case "x-tenant-id": tenant = field.value
            case "content-type": contentType = field.value
            case "content-length": contentLength = field.value
            case "transfer-encoding": transferEncoding = field.value
            case "accept": accept = accept.map { "\($0),\(field.value)" } ?? field.value
            case "origin": origin = field.value
            case "access-control-request-method": requestedMethod = field.value
            case "upgrade": upgrade = field.value
            default: break
            }
        }
        project = project ?? tenant
    }
}
