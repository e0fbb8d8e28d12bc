/// What has been read so far of a request to post. A fault of shape is noted and reading goes on, because a
/// fault of JSON further on outranks it.
struct PostEnvelope {
    private(set) var messages: [PostedMessage] = []
    private(set) var hasMessages = false
    /// The first fault of shape, as a sentence.
    private(set) var problem: String?
    /// Elements of `messages` before the one at hand, ill-formed ones included.
    private var messageIndex = 0

    mutating func read(from scanner: inout JSONScanner) throws(JSONFault) {
        guard try scanner.peek() == ASCII.openBrace else {
            _ = try scanner.skipValue()
            return note("The request body must be a JSON object.")
        }
        var unknown = UniqueNames()
        var more = try scanner.beginObject()
        while more {
            let name = try scanner.scanMemberName()
            if scanner.matches(name, "messages") {
                guard !hasMessages else { throw .duplicateMember("messages") }
                hasMessages = true
                try readMessages(from: &scanner)
            } else {
                try unknown.insert(name, of: scanner)
                _ = try scanner.skipValue()
            }
            more = try scanner.nextMember()
        }
    }

    mutating func readArray(from scanner: inout JSONScanner) throws(JSONFault) {
        guard try scanner.peek() == ASCII.openBracket else {
            _ = try scanner.skipValue()
            return note("The request body must be a JSON array of messages.")
        }
        try readMessages(from: &scanner)
    }

    private mutating func readMessages(from scanner: inout JSONScanner) throws(JSONFault) {
        guard try scanner.peek() == ASCII.openBracket else {
            _ = try scanner.skipValue()
            return note("The member \"messages\" must be an array.")
        }
        var more = try scanner.beginArray()
        while more {
            try readMessage(from: &scanner)
            messageIndex += 1
            more = try scanner.nextElement()
        }
    }

    private mutating func readMessage(from scanner: inout JSONScanner) throws(JSONFault) {
        guard try scanner.peek() == ASCII.openBrace else {
            _ = try scanner.skipValue()
            return noteMessage(" must be an object.")
        }
        var body: Range<Int>?
        var ttl: IntegerMember?
        var delay: IntegerMember?
        var unknown = UniqueNames()
        var more = try scanner.beginObject()
        while more {
            let name = try scanner.scanMemberName()
            if scanner.matches(name, "body") {
                guard body == nil else { throw .duplicateMember("body") }
                body = try scanner.skipValue()
            } else if scanner.matches(name, "ttl") {
                guard ttl == nil else { throw .duplicateMember("ttl") }
                ttl = try readInteger(from: &scanner, orNote: ".ttl must be an integer.")
            } else if scanner.matches(name, "delay") {
                guard delay == nil else { throw .duplicateMember("delay") }
                delay = try readInteger(from: &scanner, orNote: ".delay must be an integer.")
            } else {
                try unknown.insert(name, of: scanner)
                _ = try scanner.skipValue()
            }
            more = try scanner.nextMember()
        }
        guard let body else { return noteMessage(" has no member \"body\".") }
        messages.append(PostedMessage(body: body, ttl: ttl?.value, delay: delay?.value))
    }

    private mutating func readInteger(
        from scanner: inout JSONScanner, orNote complaint: StaticString
    ) throws(JSONFault) -> IntegerMember {
        let first = try scanner.peek()
        if first == ASCII.minus || ASCII.isDigit(first) {
            if case .integer(let value) = try scanner.scanNumber() { return IntegerMember(value: Int(value)) }
        } else {
            _ = try scanner.skipValue()
        }
        noteMessage(complaint)
        return IntegerMember(value: nil)
    }

    private mutating func note(_ sentence: StaticString) {
        if problem == nil { problem = "\(sentence)" }
    }

    /// `rest` completes a sentence that begins with the message at hand.
    private mutating func noteMessage(_ rest: StaticString) {
        if problem == nil { problem = "messages[\(messageIndex)]\(rest)" }
    }
}

/// A member that was there; its value is nil if it was no integer.
private struct IntegerMember {
    var value: Int?
}

/// Refuses a name the second time it comes. Most requests have no name that must be remembered.
private struct UniqueNames {
    private var seen: Set<[UInt8]> = []

    mutating func insert(_ name: JSONStringToken, of scanner: borrowing JSONScanner) throws(JSONFault) {
        guard seen.insert(scanner.identity(of: name)).inserted else {
            throw .duplicateMember(scanner.string(name))
        }
    }
}
