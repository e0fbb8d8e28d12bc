extension JSONText {
    struct Number {
        let end: Int
        /// Nil if there is a point or an exponent.
        let integer: Int64?
    }

    /// Reads a number. One without point and exponent must fit signed 64 bit.
    func number(_ start: Int) throws(JSONFault) -> Number {
        var at = start
        let isNegative = at < bytes.count && bytes[at] == ASCII.minus
        if isNegative { at += 1 }
        let firstDigit = at
        var magnitude: UInt64 = 0
        while at < bytes.count, ASCII.isDigit(bytes[at]) {
            // Wraps for 20 digits and more; their number tells.
            magnitude = magnitude &* 10 &+ UInt64(bytes[at] &- ASCII.zero)
            at += 1
        }
        let digits = at - firstDigit
        guard digits > 0 else { throw unexpected(at) }
        guard digits == 1 || bytes[firstDigit] != ASCII.zero else { throw unexpected(firstDigit + 1) }

        if at < bytes.count, bytes[at] == ASCII.point || bytes[at] | 0x20 == ASCII.e {
            return Number(end: try endOfFraction(at), integer: nil)
        }
        let bound = Int64.max.magnitude + (isNegative ? 1 : 0)
        guard digits <= 19, magnitude <= bound else { throw .integerOutOfRange(offset: start) }
        let value = Int64(bitPattern: magnitude)
        return Number(end: at, integer: isNegative ? 0 &- value : value)
    }

    /// `start` is at the point or at the letter of the exponent.
    private func endOfFraction(_ start: Int) throws(JSONFault) -> Int {
        var at = start
        if bytes[at] == ASCII.point { at = try endOfDigits(at + 1) }
        if at < bytes.count, bytes[at] | 0x20 == ASCII.e {
            at += 1
            if at < bytes.count, bytes[at] == ASCII.plus || bytes[at] == ASCII.minus { at += 1 }
            at = try endOfDigits(at)
        }
        return at
    }

    /// At least one digit must be there.
    private func endOfDigits(_ start: Int) throws(JSONFault) -> Int {
        var at = start
        while at < bytes.count, ASCII.isDigit(bytes[at]) { at += 1 }
        guard at > start else { throw unexpected(at) }
        return at
    }
}
