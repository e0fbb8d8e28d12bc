package import WeirDomain
internal import WeirJSON

/// An entry of an outbox: what is to be sent to whom.
package struct Announcement: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// To every subscription of the queue.
        case messages([AnnouncedMessage])
        /// To one of them.
        case parcels([Parcel], subscription: String)
    }

    package let queue: QueueKey
    package let posted: Timestamp
    package let content: Content
    /// Whether it was in the outbox before: whoever follows the queue has seen it, or could not.
    package var isReturned = false

    package init(queue: QueueKey, posted: Timestamp, content: Content) {
        self.queue = queue
        self.posted = posted
        self.content = content
    }

    // MARK: Stored form

    /// A line that says what follows, and then the bodies, one behind the other, as they are.
    package var bytes: [UInt8] {
        var head: JSONObject = [
            "project": .string(queue.project.value), "queue": .string(queue.name.value),
            "posted": .integer(posted.milliseconds),
        ]
        if isReturned { head["returned"] = true }
        var bodies: [UInt8] = []
        switch content {
        case .messages(let messages):
            head["messages"] = .array(
                messages.map { message in
                    var entry: JSONObject = [
                        "id": .string(message.id.text), "ttl": .integer(Int64(message.ttl)),
                        "bytes": .integer(Int64(message.body.bytes.count)),
                    ]
                    if let delay = message.delay { entry["delay"] = .integer(Int64(delay)) }
                    bodies += message.body.bytes
                    return .object(entry)
                })
        case .parcels(let parcels, let subscription):
            head["subscription"] = .string(subscription)
            head["parcels"] = .array(
                parcels.map { parcel in
                    bodies += parcel.payload
                    return .object(parcel.head)
                })
        }
        return JSONValue.object(head).bytes + [UInt8(ascii: "\n")] + bodies
    }

    /// Reads back what `bytes` wrote; nil for what it cannot have written.
    package init?(_ bytes: [UInt8]) {
        guard let (head, bodies) = StoredLine.split(bytes), let project = head["project"]?.stringValue,
            let project = ProjectID(stored: project), let name = head["queue"]?.stringValue.flatMap(QueueName.init),
            let posted = head["posted"]?.integerValue
        else { return nil }
        var rest = bodies
        queue = QueueKey(project: project, name: name)
        self.posted = Timestamp(milliseconds: posted)
        isReturned = head["returned"]?.boolValue ?? false
        if let entries = head["messages"]?.arrayValue {
            var messages: [AnnouncedMessage] = []
            for entry in entries {
                guard let entry = entry.objectValue, let id = entry["id"]?.stringValue.flatMap(MessageID.init),
                    let ttl = entry["ttl"]?.integerValue, let body = StoredLine.take(entry["bytes"], from: &rest)
                else { return nil }
                messages.append(
                    AnnouncedMessage(
                        id: id, body: MessageBody(body), ttl: Int(ttl),
                        delay: entry["delay"]?.integerValue.map { Int($0) }))
            }
            content = .messages(messages)
        } else if let entries = head["parcels"]?.arrayValue, let subscription = head["subscription"]?.stringValue {
            var parcels: [Parcel] = []
            for entry in entries {
                guard let entry = entry.objectValue, let parcel = Parcel(entry, &rest) else { return nil }
                parcels.append(parcel)
            }
            content = .parcels(parcels, subscription: subscription)
        } else {
            return nil
        }
    }
}
