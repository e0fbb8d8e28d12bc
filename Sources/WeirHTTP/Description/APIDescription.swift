internal import HTTPTypes
internal import WeirJSON

/// The description of the whole API in the words of OpenAPI 3.1. Paths and methods come from the router, what is said
/// about them from the tables of operations.
package enum APIDescription {
    private static let operations =
        DescribedOperation.service + DescribedOperation.queues + DescribedOperation.messages + DescribedOperation.claims
        + DescribedOperation.subscriptions + DescribedOperation.pools + DescribedOperation.flavors
        + DescribedOperation.migrations

    private static let served = Route.allCases.flatMap { route in route.served().map { (route, $0) } }

    /// What the router serves and no operation describes.
    package static var undescribed: [String] {
        served.flatMap { route, path in
            path.methods.filter { operation($0, route, path) == nil }.map { "\($0) \(path.path)" }
        }
    }

    /// What an operation describes and the router does not serve.
    package static var unserved: [String] {
        operations.flatMap { operation -> [String] in
            let versions = operation.route.served()
                .filter { operation.describes(operation.method, operation.route, $0) }
                .filter { $0.methods.contains(operation.method) }.map(\.version)
            let missing = operation.versions?.subtracting(versions).map(\.rawValue).sorted() ?? []
            return versions.isEmpty || !missing.isEmpty
                ? ["\(operation.method) \(operation.route.rawValue) \(missing)"] : []
        }
    }

    /// The document.
    static let document: [UInt8] = {
        var paths = JSONObject()
        for (route, path) in served {
            var item = JSONObject()
            for method in path.methods {
                guard let operation = operation(method, route, path) else { continue }
                item[method.lowercased()] = .object(describe(operation, path))
            }
            paths[path.path] = .object(item)
        }
        let document: JSONObject = [
            "openapi": "3.1.0",
            "info": [
                "title": "Weir", "version": .string(APIVersion.v2.rawValue),
                "description": """
                A message queue service. Paths below /v1 and /v1.1 are those of older versions, which are served where they \
                are switched on; those of operators are served in admin mode.
                """,
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": .object(DescriptionComponents.all),
        ]
        return JSONValue.object(document).bytes
    }()

    private static func operation(_ method: String, _ route: Route, _ path: ServedPath) -> DescribedOperation? {
        operations.first { $0.describes(method, route, path) }
    }

    // MARK: One operation

    private static func describe(_ operation: DescribedOperation, _ path: ServedPath) -> JSONObject {
        var suffix = path.version == .v2 ? "" : "_v\(path.version.rawValue.replacing(".", with: "_"))"
        if path.isOfTopics { suffix += "_topics" }
        var object: JSONObject = [
            "operationId": .string("\(operation.method.lowercased())_\(operation.route)\(suffix)"),
            "summary": .string(operation.summary),
            "tags": [.string("\(operation.route)")],
            "parameters": .array(parameters(of: operation, path).map { reference("parameters", $0) }),
        ]
        if path.version != .v2 { object["deprecated"] = true }
        if let body = operation.body {
            object["requestBody"] = [
                "required": .bool(body.isRequired), "content": content(body.mediaType, body.schema),
            ]
        }
        object["responses"] = .object(responses(of: operation, path))
        return object
    }

    /// Those of the path, the headers that say who calls, and the operation's own.
    private static func parameters(of operation: DescribedOperation, _ path: ServedPath) -> [String] {
        var headers: [String] = []
        if !path.isPublic {
            headers = path.version == .v1 ? ["OptionalProject"] : ["Client-ID", "X-Project-ID"]
            let needsClient = operation.route == .messages && operation.method != "DELETE"
            if path.version == .v1 { headers.append(needsClient ? "Client-ID" : "OptionalClient") }
        }
        // In a query this name means another parameter.
        let names = path.variables.map { $0 == "claim_id" ? "claim_id_in_path" : $0 }
        return names + headers + operation.parameters
    }

    private static func responses(of operation: DescribedOperation, _ path: ServedPath) -> JSONObject {
        var responses = JSONObject()
        for (status, answer) in operation.answers { responses[String(status)] = describe(answer) }
        let usual = path.isPublic ? [400, 404, 406] : [400, 404, 406, 503]
        for status in (usual + operation.refusals).sorted() where responses[String(status)] == nil {
            responses[String(status)] = reference("responses", "Refusal")
        }
        return responses
    }

    private static func describe(_ answer: DescribedOperation.Answer) -> JSONValue {
        var object: JSONObject = ["description": .string(answer.text)]
        if let schema = answer.schema {
            object["content"] = content(answer.mediaType, schema)
        }
        return .object(object)
    }

    private static func content(_ mediaType: String, _ schema: String) -> JSONValue {
        var content = JSONObject()
        content[mediaType] = ["schema": reference("schemas", schema)]
        return .object(content)
    }

    private static func reference(_ kind: String, _ name: String) -> JSONValue {
        ["$ref": .string("#/components/\(kind)/\(name)")]
    }
}

extension HTTPService {
    static func description() -> Reply {
        .json(.ok, APIDescription.document)
    }
}
