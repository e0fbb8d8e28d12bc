/// What a subscriber is sent: one message, or a notice about its subscription.
package struct Parcel: Hashable, Sendable {
    /// The same for every attempt, so that a subscriber knows what it has got already.
    package var id: String
    /// The text of a JSON object, or for a mail of its own the text of the mail.
    package var payload: [UInt8]
    /// The head of a mail whose text is not the payload of a message.
    package var letter: Letter?
    /// Notices go to subscribers that have not confirmed, too.
    package var isNotice = false

    /// Subject and sender of a mail.
    package struct Letter: Hashable, Sendable {
        package var subject: String
        package var sender: String

        package init(subject: String, sender: String) {
            self.subject = subject
            self.sender = sender
        }
    }

    package init(id: String, payload: [UInt8]) {
        self.id = id
        self.payload = payload
    }
}
