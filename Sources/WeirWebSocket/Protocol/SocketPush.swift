internal import Logging
internal import NIOCore
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations
internal import WeirStorage

/// A message as subscribed connections get it: it is told from a reply by its members (WebSocket contract, section 5).
enum SocketPush {
    static func text(of message: AnnouncedMessage, in queue: QueueName) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.body.bytes.count + 128)
        JSONWriter.append(literal: "{\"ttl\":", to: &bytes)
        JSONWriter.append(integer: message.ttl, to: &bytes)
        JSONWriter.append(literal: ",\"body\":", to: &bytes)
        bytes.append(contentsOf: message.body.bytes)
        if let delay = message.delay {
            JSONWriter.append(literal: ",\"delay\":", to: &bytes)
            JSONWriter.append(integer: delay, to: &bytes)
        }
        JSONWriter.append(literal: ",\"Message_Type\":\"Notification\",\"queue_name\":", to: &bytes)
        JSONWriter.append(string: queue.value, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension SocketService {
    /// The messages that are posted to the queue from now on.
    func follow(_ queue: QueueKey) async throws(OperationError) -> FollowedQueue {
        do throws(StorageError) {
            return try await tail.follow(queue)
        } catch {
            throw .unavailable(error)
        }
    }

    /// Nil if it cannot be written as MessagePack, which is logged.
    func push(_ text: [UInt8], isText: Bool) -> SocketMessage? {
        guard !isText else { return SocketMessage(isText: true, payload: ByteBuffer(bytes: text)) }
        do throws(JSONFault) {
            return SocketMessage(isText: false, payload: ByteBuffer(bytes: try Self.packed(text)))
        } catch {
            logger.error("message not pushed", metadata: ["reason": "\(error)"])
            return nil
        }
    }
}
