extension JSONText {
    /// The end of a value of any kind that starts at `start`, which must not be blank. Containers may lie
    /// `room` deep in each other; the fault of more names `limit`, the bound the client knows.
    ///
    /// A loop, not a recursion: how deep a document is costs no machine stack.
    func endOfValue(_ start: Int, room: Int, limit: Int) throws(JSONFault) -> Int {
        var at = start
        /// What is open around `at`: true for an object.
        var open = BitStack()
        value: while true {
            guard at < bytes.count else { throw unexpected(at) }
            switch bytes[at] {
            case ASCII.quote:
                at = try endOfString(at).end
            case ASCII.openBrace:
                guard open.count < room else { throw .tooDeep(limit: limit) }
                at = try pastBlanks(at + 1)
                if bytes[at] != ASCII.closeBrace {
                    open.push(true)
                    at = try pastBlanks(try endOfMemberName(at))
                    continue value
                }
                at += 1
            case ASCII.openBracket:
                guard open.count < room else { throw .tooDeep(limit: limit) }
                at = try pastBlanks(at + 1)
                if bytes[at] != ASCII.closeBracket {
                    open.push(false)
                    continue value
                }
                at += 1
            case ASCII.t, ASCII.f, ASCII.n:
                at = try endOfLiteral(at)
            default:
                at = try number(at).end
            }

            // A value has ended, and with it perhaps what is around it.
            while true {
                guard !open.isEmpty else { return at }
                at = try pastBlanks(at)
                if bytes[at] == ASCII.comma {
                    at = try pastBlanks(at + 1)
                    if open.top { at = try pastBlanks(try endOfMemberName(at)) }
                    continue value
                }
                guard bytes[at] == (open.top ? ASCII.closeBrace : ASCII.closeBracket) else {
                    throw unexpected(at)
                }
                at += 1
                open.pop()
            }
        }
    }
}
