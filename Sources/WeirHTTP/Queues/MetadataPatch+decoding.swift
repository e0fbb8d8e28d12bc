internal import HTTPTypes
internal import WeirJSON
internal import WeirOperations

extension MetadataPatch {
    private static let mediaType = "application/openstack-messaging-v2.0-json-patch"

    /// Reads a JSON patch (API section 3.5).
    static func decode(_ call: Call, limit: Int) async throws -> [MetadataPatch] {
        let type = call.headers.contentType?.prefix { $0 != ";" }.trimmed.lowercased()
        guard type == mediaType else { throw Fault(.unsupportedMediaType, "415 Unsupported Media Type") }
        try checkSize(call, limit)
        guard let value = try call.body.json(limit: limit) else {
            throw Fault.invalidBody("A request body is required: an array of patch operations.")
        }
        guard let steps = value.arrayValue else {
            throw Fault.invalidBody("The request body must be a JSON array of patch operations.")
        }
        return try steps.enumerated().map { index, step in try decode(step, index) }
    }

    private static func checkSize(_ call: Call, _ limit: Int) throws(Fault) {
        guard let announced = call.body.announcedBytes, announced > limit else { return }
        throw .invalidBody("The request body is too large: at most \(limit) bytes are allowed.")
    }

    private static func decode(_ step: JSONValue, _ index: Int) throws(Fault) -> MetadataPatch {
        guard let object = step.objectValue else { throw .invalidBody("operation \(index): must be an object.") }
        guard let name = object["op"]?.stringValue else { throw .invalidBody("operation \(index): op must be a string.") }
        guard ["add", "replace", "remove"].contains(name) else {
            throw .invalidBody("operation \(index): op must be one of add, replace, remove.")
        }
        guard let path = object["path"]?.stringValue else {
            throw .invalidBody("operation \(index): path must be a string.")
        }
        let key = try key(of: path, index)
        if name == "remove" { return .remove(key) }
        guard let value = object["value"] else { throw .invalidBody("operation \(index): value is required.") }
        return name == "add" ? .add(key, value) : .replace(key, value)
    }

    /// The key in `/metadata/<key>`.
    private static func key(of path: String, _ index: Int) throws(Fault) -> String {
        let problem = Fault.invalidBody("operation \(index): path must be /metadata/<key>, with ~1 for / and ~0 for ~.")
        // Over code points: a slash with a combining character behind it is no character of its own.
        let scalars = path.unicodeScalars
        guard scalars.first == "/" else { throw problem }
        let tokens = scalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .map { Substring($0).trimmed }
        guard tokens.count == 2, tokens[0].lowercased() == "metadata", !tokens[1].isEmpty else { throw problem }
        var key = String.UnicodeScalarView()
        var rest = tokens[1].unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "~" else {
                key.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "0": key.append("~")
            case "1": key.append("/")
            default: throw problem
            }
        }
        return String(key)
    }
}
