internal import WeirCatalog
internal import WeirDomain
internal import WeirJSON

/// What is wrong with a queue's metadata: a sentence that names the key and its limit.
package struct MetadataFault: Error, Hashable, Sendable {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The rules of reserved metadata (API section 3.6).
enum QueueMetadata {
    /// The reserved keys that a JSON patch may replace or remove although they are not set.
    static let reserved: Set<String> = [
        "_max_messages_post_size", "_default_message_ttl", "_default_message_delay", "_dead_letter_queue",
        "_dead_letter_queue_messages_ttl", "_max_claim_count", "_enable_encrypt_messages", "_flavor",
        "_retry_policy",
    ]

    /// The metadata with every reported reserved key: a value that says nothing is replaced by the default.
    static func completed(_ metadata: JSONObject, of project: ProjectID, _ limits: ServiceLimits) -> JSONObject {
        var completed = metadata
        let defaults: [(String, JSONValue)] = [
            ("_max_messages_post_size", .integer(Int64(limits.messagesPostBytes))),
            ("_default_message_ttl", .integer(Int64(limits.defaultMessageTTL))),
            ("_default_message_delay", .integer(Int64(limits.defaultMessageDelay))),
        ]
        // Nothing claims or encrypts the messages of topics.
        let queues: [(String, JSONValue)] = [
            ("_dead_letter_queue", .null),
            ("_dead_letter_queue_messages_ttl", .null),
            ("_max_claim_count", .null),
            ("_enable_encrypt_messages", false),
        ]
        for (key, value) in project.isHidden(in: .topics) ? defaults : defaults + queues where completed[key].map(\.isFalsy) ?? true { completed[key] = value }
        return completed
    }

    /// - Throws: the first fault. Values that say nothing (null, false, 0, "", empty) skip the check of their
    ///   type, and null the check of its range.
    static func check(_ metadata: JSONObject, _ limits: ServiceLimits) throws(MetadataFault) {
        try checkSize(metadata, limits)
        if metadata.contains(where: { HiddenMetadata.owns($0.name) }) {
            throw MetadataFault("metadata: the name of a member may not begin with the character U+0001.")
        }
        try checkInteger("_max_messages_post_size", in: metadata, 1...limits.messagesPostBytes)
        let ttls = ServiceLimits.minimumTTL...limits.maximumMessageTTL
        try checkInteger("_default_message_ttl", in: metadata, ttls)
        try checkInteger("_default_message_delay", in: metadata, 0...limits.maximumMessageDelay)
        try checkInteger("_dead_letter_queue_messages_ttl", in: metadata, ttls)
        try checkInteger("_max_claim_count", in: metadata, nil)
        try checkString("_dead_letter_queue", in: metadata)
        try checkString("_flavor", in: metadata)
        if let value = metadata["_enable_encrypt_messages"], !value.isFalsy, value.boolValue == nil {
            throw MetadataFault("_enable_encrypt_messages: must be true or false.")
        }
        if let policy = metadata["_retry_policy"] { try RetryPolicy.check(policy) }
    }

    private static func checkSize(_ metadata: JSONObject, _ limits: ServiceLimits) throws(MetadataFault) {
        let size = JSONValue.object(metadata).bytes.count
        guard size <= limits.queueMetadataBytes else {
            throw MetadataFault("metadata: \(size) bytes are too many; at most \(limits.queueMetadataBytes) are allowed.")
        }
    }

    private static func checkInteger(
        _ key: String, in metadata: JSONObject, _ range: ClosedRange<Int>?
    ) throws(MetadataFault) {
        guard let value = metadata[key], value != .null else { return }
        guard let number = value.integerValue ?? (value.isFalsy ? 0 : nil) else {
            throw MetadataFault("\(key): must be an integer.")
        }
        guard let range else { return }
        guard range.contains(Int(number)) else {
            throw MetadataFault("\(key): \(number) is out of range; it may be \(range.lowerBound) to \(range.upperBound).")
        }
    }

    private static func checkString(_ key: String, in metadata: JSONObject) throws(MetadataFault) {
        guard let value = metadata[key], !value.isFalsy, value.stringValue == nil else { return }
        throw MetadataFault("\(key): must be a string.")
    }
}

extension JSONValue {
    /// Whether the value says nothing: null, false, 0, an empty string, array or object.
    var isFalsy: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .integer(let value): value == 0
        case .number(let text): Double(text) == 0
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}
