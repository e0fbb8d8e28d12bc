package import WeirDomain
internal import WeirJSON
package import WeirStorage

extension Subscription {
    /// Where the catalog keeps it.
    package static func key(_ id: String, of queue: QueueKey) -> Document.Key {
        Document.Key(kind: .subscription, project: queue.project, owner: queue.name.value, name: id)
    }

    /// As the catalog keeps it.
    package func document(version: Int64 = 1) -> Document {
        let options = try? JSONValue.parse(options, maximumDepth: Limits.jsonDepth, duplicates: .lastWins)
        let content: JSONValue = [
            "subscriber": .string(subscriber), "ttl": .integer(Int64(ttl)), "created": .integer(created.milliseconds),
            "options": options ?? [:], "confirmed": .bool(isConfirmed),
        ]
        return Document(
            key: Self.key(id, of: source), content: content.bytes, expires: expires, version: version)
    }

    /// Reads back what `document` made; nil for what it cannot have made.
    package init?(_ document: Document) {
        let value = try? JSONValue.parse(
            document.content, maximumDepth: Limits.jsonDepth + 1, duplicates: .lastWins)
        guard let content = value?.objectValue, let name = QueueName(document.key.owner),
            let subscriber = content["subscriber"]?.stringValue, let ttl = content["ttl"]?.integerValue,
            let created = content["created"]?.integerValue, let options = content["options"],
            let isConfirmed = content["confirmed"]?.boolValue, let expires = document.expires
        else { return nil }
        self.init(
            id: document.key.name, source: QueueKey(project: document.key.project, name: name), subscriber: subscriber,
            ttl: Int(ttl), created: Timestamp(milliseconds: created), expires: expires, options: options.bytes,
            isConfirmed: isConfirmed)
    }
}
