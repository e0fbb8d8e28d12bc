internal import CHiredis

/// What Redis answers.
package enum RedisReply: Hashable, Sendable {
    case null
    case integer(Int64)
    case bytes([UInt8])
    /// Begins with a word in capitals that names the error.
    case error(String)
    case array([RedisReply])

    init(copying reply: UnsafePointer<redisReply>) {
        let reply = reply.pointee
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS:
            self = .bytes(Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len)))
        case REDIS_REPLY_ERROR:
            let text = UnsafeRawBufferPointer(start: reply.str, count: reply.len)
            self = .error(String(decoding: text, as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            var elements: [RedisReply] = []
            elements.reserveCapacity(reply.elements)
            for index in 0..<reply.elements {
                guard let element = reply.element[index] else { continue }
                elements.append(RedisReply(copying: element))
            }
            self = .array(elements)
        default: self = .null
        }
    }

    /// The error that the answer is, or that is an element of it.
    var errorWithin: RedisReply? {
        switch self {
        case .error: self
        case .array(let elements):
            elements.first {
                if case .error = $0 { true } else { false }
            }
        default: nil
        }
    }

    /// The text of an answer that is one.
    package var text: String? {
        guard case .bytes(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The elements of an answer that has some.
    package var elements: [RedisReply]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}
