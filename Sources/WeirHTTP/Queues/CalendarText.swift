internal import WeirDomain

/// Points in time as the API writes them.
enum CalendarText {
    /// `2026-11-22T19:00:52Z`.
    static func utc(_ time: Timestamp) -> String {
        CivilTime(time).text + "Z"
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    static func http(_ time: Timestamp) -> String {
        let civil = CivilTime(time)
        let weekday = weekdays[Int(max(0, time.milliseconds) / 86_400_000 % 7)]
        let day = civil.day < 10 ? "0\(civil.day)" : "\(civil.day)"
        return "\(weekday), \(day) \(months[Int(civil.month) - 1]) \(civil.year) \(civil.clock) GMT"
    }

    /// From that of the first day of 1970 on.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
