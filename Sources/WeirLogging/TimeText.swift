/// Writes points in time as `2026-11-22T21:00:00.123Z`. It remembers the text of the last second, which most
/// lines of a busy server share.
struct TimeText: Sendable {
    private var second = Int64.min
    private var text: [UInt8] = []

    /// Appends the time `milliseconds` after 1970 to `bytes`: 24 bytes for the years 0 to 9999.
    mutating func append(milliseconds: Int64, to bytes: inout [UInt8]) {
        let (whole, rest) = floorDivision(milliseconds, 1000)
        if whole != second {
            second = whole
            text.removeAll(keepingCapacity: true)
            Self.write(second: whole, to: &text)
        }
        bytes.append(contentsOf: text)
        appendDigits(rest, width: 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func write(second: Int64, to bytes: inout [UInt8]) {
        let (day, ofDay) = floorDivision(second, 86_400)
        let date = civilDate(day: day)
        appendDigits(date.year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(date.month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(date.day, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        appendDigits(ofDay / 3600, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(ofDay / 60 % 60, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(ofDay % 60, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
    }
}

/// The Gregorian date of a day counted from 1970-01-01. Years are taken to begin in March, so that the leap
/// day is a year's last and months follow a fixed pattern of 153 days in five.
private func civilDate(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, ofEra) = floorDivision(day + 719_468, 146_097)
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * ofYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, ofYear - (153 * march + 2) / 5 + 1)
}

private func floorDivision(_ value: Int64, _ by: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
}

private func appendDigits(_ number: Int64, width: Int, to bytes: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
        divisor /= 10
    }
}
