package import WeirDomain

extension QueueRef {
    /// A life that no other test uses.
    package static func fresh(epoch: Epoch = .first) -> QueueRef {
        QueueRef(life: QueueLife(Int64.random(in: 1...Int64.max)), epoch: epoch)
    }

    /// The same life under another epoch.
    package func under(epoch: Int64) -> QueueRef {
        QueueRef(life: life, epoch: Epoch(epoch))
    }
}

extension ClaimID {
    /// An id that no other claim has.
    package static func fresh() -> ClaimID {
        var generator = SystemRandomNumberGenerator()
        return ClaimID.mint(using: &generator)
    }
}

extension MessageID {
    /// An id that no pool gave out.
    package static func unknown() -> MessageID {
        MessageID(
            sequence: MessageSequence(Int64.random(in: 1...1000)), nonce: UInt64.random(in: 0...UInt64.max))
    }
}

extension ClientID {
    /// Who posts unless a test says otherwise.
    package static let producer = ClientID("11111111-1111-1111-1111-111111111111")
    /// Somebody else.
    package static let other = ClientID("22222222-2222-2222-2222-222222222222")
}

extension MessageBody {
    /// The JSON string of `text`, which holds nothing that JSON escapes.
    package init(_ text: String) {
        self.init(Array("\"\(text)\"".utf8))
    }
}

extension NewMessage {
    /// A message with a fresh nonce whose body is the JSON string of `text`.
    package static func saying(
        _ text: String, ttl: Int = 3600, delay: Int = 0, keptID: MessageID? = nil
    ) -> NewMessage {
        NewMessage(
            nonce: UInt64.random(in: 0...UInt64.max), body: MessageBody(text), ttl: ttl, delay: delay,
            keptID: keptID)
    }
}

extension Message {
    /// What `NewMessage.saying` said: the body without its quotes.
    package var text: String {
        String(decoding: body.bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}
