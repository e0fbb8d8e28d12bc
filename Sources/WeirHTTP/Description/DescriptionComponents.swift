internal import WeirDomain
internal import WeirJSON

/// Parameters, refusals and schemas that operations refer to by name.
enum DescriptionComponents {
    static let all: JSONObject = [
        "parameters": .object(parameters),
        "responses": [
            "Refusal": [
                "description": "A refusal, which says what was wrong.",
                "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Refusal"]]],
            ]
        ],
        "schemas": .object(JSONObject(schemaTexts.flatMap(read))),
    ]

    /// Every name that an operation may refer to.
    private static let schemaTexts = [
        DescriptionSchemas.service, DescriptionSchemas.queues, DescriptionSchemas.messages,
        DescriptionSchemas.subscriptions, DescriptionSchemas.operators,
    ]

    /// They are part of the program, so what cannot be read is found by the test that resolves each reference.
    private static func read(_ text: String) -> [(String, JSONValue)] {
        let value = try? JSONValue.parse(Array(text.utf8))
        return value?.objectValue.map { object in object.map { ($0.name, $0.value) } } ?? []
    }

    // MARK: Parameters

    private static let parameters = JSONObject(
        inPath + inHeader + inQuery.map { name, schema in (name, parameter("query", name, schema)) })

    private static let inPath: [(String, JSONValue)] = [
        ("queue_name", queue), ("topic_name", queue), ("subscription_id", id),
        ("message_id", id), ("claim_id_in_path", id), ("pool_name", name), ("flavor_name", name),
        ("migration_id", ["type": "string", "pattern": "^[0-9]{1,18}$"]),
        ("order", ["enum": .array(Migration.Order.allCases.map { .string($0.rawValue) })]),
    ].map { (key: String, schema: JSONValue) in
        let name = key == "claim_id_in_path" ? "claim_id" : key
        return (key, parameter("path", name, schema, isRequired: true))
    }

    private static let queue: JSONValue = ["type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"]
    private static let id: JSONValue = ["type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"]
    private static let name: JSONValue = ["type": "string", "pattern": "^[A-Za-z0-9_.-]{1,255}$"]

    private static let inHeader: [(String, JSONValue)] = [
        ("Client-ID", parameter("header", "Client-ID", client, isRequired: true)),
        ("X-Project-ID", parameter("header", "X-Project-ID", project, isRequired: true)),
        ("OptionalClient", parameter("header", "Client-ID", client)),
        ("OptionalProject", parameter("header", "X-Project-ID", project)),
        ("Prefer", parameter("header", "Prefer", prefer)),
    ]

    private static let prefer: JSONValue = ["type": "string", "description": "wait=N: seconds to wait for messages."]
    private static let client: JSONValue = ["type": "string", "format": "uuid"]
    private static let project: JSONValue = ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,256}$"]

    private static let inQuery: [(String, JSONValue)] = [
        ("marker", ["type": "string"]), ("limit", ["type": "integer", "minimum": 1]), ("detailed", ["type": "boolean"]),
        ("name", ["type": "string"]), ("with_count", ["type": "boolean"]), ("echo", ["type": "boolean"]),
        ("include_claimed", ["type": "boolean"]), ("include_delayed", ["type": "boolean"]),
        ("ids", ["type": "array", "items": id, "minItems": 1]), ("claim_ids", ["type": "array", "items": id]),
        ("pop", ["type": "integer", "minimum": 1]), ("claim_id", id), ("state", ["type": "string"]),
        ("queue", ["type": "string"]), ("pool", ["type": "string"]),
    ]

    private static func parameter(
        _ place: String, _ name: String, _ schema: JSONValue, isRequired: Bool = false
    ) -> JSONValue {
        var object: JSONObject = ["name": .string(name), "in": .string(place), "schema": schema]
        if isRequired { object["required"] = true }
        // Lists are separated by commas.
        if schema.objectValue?["type"] == "array" {
            object["style"] = "form"
            object["explode"] = false
        }
        return .object(object)
    }
}
