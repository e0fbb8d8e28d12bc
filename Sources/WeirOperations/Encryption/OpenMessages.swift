internal import Logging
internal import WeirDomain
internal import WeirStorage

extension Operations {
    /// The messages with their bodies as they were posted, or the first that cannot be opened, by its id.
    func opened(_ messages: [Message], of key: QueueKey) throws(OperationError) -> [Message] {
        guard messages.contains(where: \.body.isSealed) else { return messages }
        var opened = messages
        for index in opened.indices {
            do throws(CipherFault) {
                opened[index].body = try open(messages[index], of: key)
            } catch {
                throw .unreadable(messages[index].id, error)
            }
        }
        return opened
    }

    /// The messages that can be opened, opened, and those that cannot, as they are; these are logged. For what takes
    /// messages out of a queue: one that nobody can read must not keep all others from being taken.
    func readable(
        _ messages: [Message], of key: QueueKey
    ) -> (opened: [Message], closed: [Message], fault: OperationError?) {
        guard messages.contains(where: \.body.isSealed) else { return (messages, [], nil) }
        var opened: [Message] = []
        var closed: [Message] = []
        var fault: OperationError?
        for var message in messages {
            do throws(CipherFault) {
                message.body = try open(message, of: key)
                opened.append(message)
            } catch {
                closed.append(message)
                fault = fault ?? .unreadable(message.id, error)
            }
        }
        if let first = closed.first {
            logger.error(
                "messages cannot be decrypted",
                metadata: [
                    "project": "\(key.project.value)", "queue": "\(key.name.value)", "messages": "\(closed.count)",
                    "first": "\(first.id.text)",
                ])
        }
        return (opened, closed, fault)
    }

    /// Why the message cannot be opened; nil if it can.
    func closed(_ message: Message, of key: QueueKey) -> OperationError? {
        guard message.body.isSealed else { return nil }
        do throws(CipherFault) {
            _ = try open(message, of: key)
            return nil
        } catch {
            return .unreadable(message.id, error)
        }
    }

    private func open(_ message: Message, of key: QueueKey) throws(CipherFault) -> MessageBody {
        try cipher.open(message.body, of: key.project, nonce: message.id.nonce)
    }

    /// The messages as the queue's pool is to hold them.
    func sealed(
        _ messages: [NewMessage], of key: QueueKey, under settings: QueueSettings
    ) throws(CipherFault) -> [NewMessage] {
        guard settings.encryptsMessages else { return messages }
        var sealed = messages
        for index in sealed.indices {
            sealed[index].body = try cipher.seal(messages[index].body, of: key.project, nonce: messages[index].nonce)
        }
        return sealed
    }
}

extension OperationError {
    static func unreadable(_ id: MessageID, _ fault: CipherFault) -> OperationError {
        let reason =
            switch fault {
            case .noKey, .unknownKey:
                "the key that it was encrypted with is neither limits.message_encryption_key nor one of "
                    + "limits.message_encryption_previous_keys"
            case .damaged: "what its pool holds is not what was encrypted"
            }
        return .failure("Message '\(id.text)' cannot be decrypted: \(reason).")
    }

    static let noEncryptionKey = OperationError.failure(
        "The queue's messages are encrypted, and this service has no limits.message_encryption_key any more.")
}
