/// Points in time as the API writes them.
package enum CalendarText {
    /// `2026-11-22T19:00:52Z`.
    package static func utc(_ time: Timestamp) -> String {
        let seconds = time.milliseconds / 1000
        let (year, month, day) = date(daysSince1970: seconds / 86_400)
        return "\(year)-\(two(month))-\(two(day))T\(clock(seconds))Z"
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    package static func http(_ time: Timestamp) -> String {
        let seconds = time.milliseconds / 1000
        let days = seconds / 86_400
        let (year, month, day) = date(daysSince1970: days)
        return "\(weekdays[Int(days % 7)]), \(two(day)) \(months[Int(month) - 1]) \(year) \(clock(seconds)) GMT"
    }

    /// From that of the first day of 1970 on.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func clock(_ seconds: Int64) -> String {
        let rest = seconds % 86_400
        return "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// The civil date of a day from 1970 on (H. Hinnant, chrono-compatible low-level date algorithms).
    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
