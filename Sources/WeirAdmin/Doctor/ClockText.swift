internal import Glibc

/// Points in time as servers write them, in seconds since 1970.
package enum ClockText {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7); nil if it is not that.
    package static func seconds(httpDate text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        return seconds(day: ["\(words[3])", "\(month + 1)", "\(words[1])"], time: words[4])
    }

    /// `1994-11-06T08:49:37Z`; nil if it is not that.
    package static func seconds(utc text: String) -> Int64? {
        guard text.last == "Z" else { return nil }
        let halves = text.dropLast().split(separator: "T")
        guard halves.count == 2 else { return nil }
        return seconds(day: halves[0].split(separator: "-").map(String.init), time: halves[1])
    }

    /// This machine's clock.
    static func now() -> Int64 {
        Int64(time(nil))
    }

    /// - Parameters:
    ///   - day: Year, month and day of the month.
    ///   - time: `08:49:37`.
    private static func seconds(day: [String], time: Substring) -> Int64? {
        let numbers = (day + time.split(separator: ":").map(String.init)).compactMap { Int32($0) }
        guard numbers.count == 6, day.count == 3, (1970...9999).contains(numbers[0]) else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        return Int64(timegm(&parts))
    }
}
