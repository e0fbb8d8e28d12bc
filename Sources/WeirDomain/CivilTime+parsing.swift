extension CivilTime {
    /// Reads exactly what `text` writes.
    package init?(_ text: String) {
        guard text.utf8.count == 19, let (time, zoneSeconds) = Self.parse(text), zoneSeconds == nil, time.text == text
        else { return nil }
        self = time
    }
}

extension Timestamp {
    /// Reads a date of ISO 8601 with, optionally, a time of day, a fraction (which is dropped) and a zone (otherwise
    /// UTC). Digits alone are no date.
    package init?(iso8601 text: String) {
        guard let (time, zoneSeconds) = CivilTime.parse(text) else { return nil }
        self = time.timestamp.adding(seconds: -(zoneSeconds ?? 0))
    }
}

extension CivilTime {
    /// The longest text that is looked at.
    private static let longest = 64

    /// The date and time as written, and how far east of UTC that is, if the text says so.
    fileprivate static func parse(_ text: String) -> (time: CivilTime, zoneSeconds: Int?)? {
        guard text.utf8.count <= longest else { return nil }
        var rest = Digits(text)
        guard let year = rest.number(4) else { return nil }
        let isExtended = rest.take("-")
        guard let month = rest.number(2), !isExtended || rest.take("-"), let day = rest.number(2) else { return nil }
        guard !rest.isEmpty else {
            guard isExtended else { return nil }
            return CivilTime(year: year, month: month, day: day, secondOfDay: 0).map { ($0, nil) }
        }
        guard rest.take("T") || rest.take(" "), let second = clock(&rest), let zone = zone(&rest), rest.isEmpty,
            let time = CivilTime(year: year, month: month, day: day, secondOfDay: second)
        else { return nil }
        return (time, zone.seconds)
    }

    /// `HH:MM`, `HH:MM:SS`, or the same without colons, and a fraction of the second.
    private static func clock(_ rest: inout Digits) -> Int64? {
        guard let hour = rest.number(2), hour < 24 else { return nil }
        let isExtended = rest.take(":")
        guard let minute = rest.number(2), minute < 60 else { return nil }
        var second: Int64 = 0
        if isExtended ? rest.take(":") : rest.startsWithDigit {
            guard let number = rest.number(2), number < 60 else { return nil }
            second = number
            if rest.take(".") || rest.take(",") {
                guard rest.startsWithDigit else { return nil }
                while rest.startsWithDigit { _ = rest.number(1) }
            }
        }
        return hour * 3600 + minute * 60 + second
    }

    /// Nothing, `Z`, `+HH`, `+HHMM` or `+HH:MM`.
    private static func zone(_ rest: inout Digits) -> (seconds: Int?, Void)? {
        if rest.isEmpty { return (nil, ()) }
        if rest.take("Z") { return (0, ()) }
        let isEast = rest.take("+")
        guard isEast || rest.take("-"), let hours = rest.number(2), hours < 24 else { return nil }
        var minutes: Int64 = 0
        if rest.take(":") || rest.startsWithDigit {
            guard let number = rest.number(2), number < 60 else { return nil }
            minutes = number
        }
        let seconds = Int(hours * 3600 + minutes * 60)
        return (isEast ? seconds : -seconds, ())
    }
}

/// Text that is read from the front.
private struct Digits {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isEmpty: Bool { rest.isEmpty }

    var startsWithDigit: Bool { rest.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// So many digits, all of them there.
    mutating func number(_ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard startsWithDigit, let first = rest.first else { return nil }
            value = value * 10 + Int64(first - UInt8(ascii: "0"))
            rest.removeFirst()
        }
        return value
    }
}
