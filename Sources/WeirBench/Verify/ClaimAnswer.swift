/// Reads the answer to a claim, or a page of a listing, which has its messages in the same form.
enum ClaimAnswer {
    struct Message {
        var id = ""
        /// Deletes the message by its claim.
        var href = ""
        /// Nil if the body is not one of the run.
        var stamp: Stamp?
    }

    /// The messages of `{"messages": [{"id": …, "href": …, "body": …}]}`, in order.
    static func messages(_ answer: [UInt8], _ body: StampedBody) -> [Message] {
        var messages: [Message] = []
        var message = Message()
        JSONStrings.walk(answer) { event in
            switch event {
            case .value(let text, let key?, MessageIDScanner.messageDepth):
                if key.equals("id") { message.id = String(decoding: text, as: UTF8.self) }
                if key.equals("href") { message.href = String(decoding: text, as: UTF8.self) }
                if key.equals("body") { message.stamp = body.stamp(in: text) }
            case .close(MessageIDScanner.messageDepth):
                if !message.id.isEmpty { messages.append(message) }
                message = Message()
            default: break
            }
        }
        return messages
    }

    /// The `href` of the link `next` of a listing, as in `{"links": [{"rel": "next", "href": …}]}`.
    static func nextPage(_ answer: [UInt8]) -> String? {
        var next: String?
        var href: String?
        var isNext = false
        JSONStrings.walk(answer) { event in
            switch event {
            case .value(let text, let key?, MessageIDScanner.messageDepth):
                if key.equals("href") { href = String(decoding: text, as: UTF8.self) }
                if key.equals("rel") { isNext = text.equals("next") }
            case .close(MessageIDScanner.messageDepth):
                if isNext { next = href }
                href = nil
                isNext = false
            default: break
            }
        }
        return next
    }
}
