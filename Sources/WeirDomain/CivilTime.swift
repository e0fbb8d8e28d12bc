/// A date and a time of day in UTC, to the second, of the years that four digits can write.
package struct CivilTime: Hashable, Sendable {
    package let year: Int64
    /// From 1 on.
    package let month: Int64
    /// From 1 on.
    package let day: Int64
    /// Seconds since the day began.
    package let secondOfDay: Int64

    /// The civil date of a point in time from 1970 on (H. Hinnant, chrono-compatible low-level date algorithms).
    package init(_ time: Timestamp) {
        let seconds = max(0, time.milliseconds) / 1000
        let shifted = seconds / 86_400 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        secondOfDay = seconds % 86_400
    }

    /// Nil for a date that no calendar has, such as the 30th of February.
    init?(year: Int64, month: Int64, day: Int64, secondOfDay: Int64) {
        guard (1...9999).contains(year), (1...12).contains(month), (0..<86_400).contains(secondOfDay),
            (1...Self.days(ofMonth: month, year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.secondOfDay = secondOfDay
    }

    private static func days(ofMonth month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The same point as milliseconds: negative before 1970.
    package var timestamp: Timestamp {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year % 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Timestamp(milliseconds: (days * 86_400 + secondOfDay) * 1000)
    }

    /// `2027-01-01T00:00:00`: no zone, no fraction.
    package var text: String {
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        return "\(date)T\(clock)"
    }

    /// `23:59:59`.
    package var clock: String {
        let parts = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return parts.map { Self.padded($0, 2) }.joined(separator: ":")
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
