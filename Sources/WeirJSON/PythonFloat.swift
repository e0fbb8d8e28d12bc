/// Floating point numbers the way Python's `repr` writes them.
enum PythonFloat {
    /// Appends what Python makes of a JSON number with point or exponent: the shortest decimal that reads
    /// back as the same 64 bit value. Beyond the range it is `Infinity`, as in Python, which is not JSON.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        guard let value = Double(String(decoding: text, as: UTF8.self)) else {
            bytes.append(contentsOf: text)
            return
        }
        append(value, to: &bytes)
    }

    static func append(_ value: Double, to bytes: inout [UInt8]) {
        if value.sign == .minus { bytes.append(ASCII.minus) }
        guard value.isFinite else { return JSONWriter.append(literal: "Infinity", to: &bytes) }
        let decimal = ShortestDecimal(value.magnitude)
        if decimal.digits.isEmpty {
            JSONWriter.append(literal: "0.0", to: &bytes)
        } else if -3...16 ~= decimal.point {
            append(fixed: decimal, to: &bytes)
        } else {
            append(scientific: decimal, to: &bytes)
        }
    }

    private static func append(fixed decimal: ShortestDecimal, to bytes: inout [UInt8]) {
        let digits = decimal.digits
        let point = decimal.point
        if point <= 0 {
            bytes.append(contentsOf: [ASCII.zero, ASCII.point])
            bytes.append(contentsOf: repeatElement(ASCII.zero, count: -point))
            bytes.append(contentsOf: digits)
        } else if point >= digits.count {
            bytes.append(contentsOf: digits)
            bytes.append(contentsOf: repeatElement(ASCII.zero, count: point - digits.count))
            bytes.append(contentsOf: [ASCII.point, ASCII.zero])
        } else {
            bytes.append(contentsOf: digits[..<point])
            bytes.append(ASCII.point)
            bytes.append(contentsOf: digits[point...])
        }
    }

    private static func append(scientific decimal: ShortestDecimal, to bytes: inout [UInt8]) {
        bytes.append(decimal.digits[0])
        if decimal.digits.count > 1 {
            bytes.append(ASCII.point)
            bytes.append(contentsOf: decimal.digits[1...])
        }
        let exponent = decimal.point - 1
        bytes.append(ASCII.e)
        bytes.append(exponent < 0 ? ASCII.minus : ASCII.plus)
        if exponent.magnitude < 10 { bytes.append(ASCII.zero) }
        JSONWriter.append(integer: exponent.magnitude, to: &bytes)
    }
}

/// A number as 0.d₁d₂d₃… × 10^point, with as few digits as tell it from its neighbours.
private struct ShortestDecimal {
    /// ASCII, without zeros at either end; empty for zero.
    private(set) var digits: [UInt8] = []
    private(set) var point = 0

    /// `value` must be finite and not negative. Its own description has the right digits, only laid out
    /// by other rules than Python's.
    init(_ value: Double) {
        var hasPoint = false
        var text = value.description.utf8[...]
        while let byte = text.popFirst() {
            if byte == ASCII.e {
                point += Int(String(decoding: text, as: UTF8.self)) ?? 0
                break
            } else if byte == ASCII.point {
                hasPoint = true
            } else if byte == ASCII.zero && digits.isEmpty {
                if hasPoint { point -= 1 }
            } else {
                digits.append(byte)
                if !hasPoint { point += 1 }
            }
        }
        while digits.last == ASCII.zero { digits.removeLast() }
    }
}
