package import WeirDomain
internal import WeirJSON

/// What a subscriber is told of a message.
package enum Payload {
    /// The text of a JSON object, with the body as it was posted.
    package static func of(_ message: AnnouncedMessage, in queue: QueueName) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.body.bytes.count + 128)
        JSONWriter.append(literal: "{\"ttl\": ", to: &bytes)
        JSONWriter.append(integer: message.ttl, to: &bytes)
        JSONWriter.append(literal: ", \"body\": ", to: &bytes)
        JSONWriter.append(raw: message.body.bytes, to: &bytes)
        if let delay = message.delay {
            JSONWriter.append(literal: ", \"delay\": ", to: &bytes)
            JSONWriter.append(integer: delay, to: &bytes)
        }
        JSONWriter.append(literal: ", \"Message_Type\": \"Notification\", \"queue_name\": ", to: &bytes)
        JSONWriter.append(string: queue.value, to: &bytes)
        JSONWriter.append(literal: "}", to: &bytes)
        return bytes
    }
}
