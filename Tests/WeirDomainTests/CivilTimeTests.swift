import TestSupport
import Testing
import WeirDomain

@Suite("Dates") struct CivilTimeTests {
    @Test(
        "dates of ISO 8601 are read",
        arguments: [
            ("2027-01-01T00:00:00", 1_798_761_600), ("2027-01-01T00:00:00.123456", 1_798_761_600),
            ("2027-01-01T00:00:00Z", 1_798_761_600), ("2027-01-01T01:30:00+01:30", 1_798_761_600),
            ("2026-12-31T19:00:00-0500", 1_798_761_600), ("2027-01-01T02:00:00+02", 1_798_761_600),
            ("20270101T000000Z", 1_798_761_600), ("2027-01-01", 1_798_761_600), ("2027-01-01 00:00", 1_798_761_600),
            ("2027-01-01T00:00:00,5Z", 1_798_761_600), ("1970-01-01T00:00:00", 0), ("1969-12-31T23:59:59", -1),
            ("2000-02-29T12:00:00", 951_825_600), ("9999-12-31T23:59:59", 253_402_300_799),
            ("0001-01-01T00:00:00", -62_135_596_800),
        ])
    func read(text: String, seconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == seconds * 1000)
    }

    @Test(
        "what is no date is not read",
        arguments: [
            "", "2027", "1798761600", "20270101", "2027-13-01T00:00:00", "2027-02-29T00:00:00", "2027-00-01",
            "2027-01-01T24:00:00", "2027-01-01T00:60:00", "2027-01-01T00:00:60", "2027-01-01T", "2027-01-01T00",
            "2027-01-01T00:00:00.", "2027-01-01T00:00:00+", "2027-01-01T00:00:00+24:00", "2027-01-01T00:00:00z",
            "2027-01-01T00:00:00Z ", " 2027-01-01", "tomorrow", "0000-01-01", "2027-0101",
            "2027-01-01T00:00:00." + String(repeating: "0", count: 100),
        ])
    func refused(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("every point in time is written and read back")
    func roundTrip() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let second = Int64.random(in: 0...253_402_300_799, using: &generator)
            let civil = CivilTime(Timestamp(milliseconds: second * 1000 + 999))
            #expect(civil.timestamp.milliseconds == second * 1000)
            #expect(CivilTime(civil.text) == civil)
            #expect(Timestamp(iso8601: civil.text) == civil.timestamp)
        }
    }

    @Test(
        "a grant's end has one spelling",
        arguments: ["2027-01-01T00:00:00Z", "2027-01-01 00:00:00", "2027-01-01T00:00", "20270101T000000.000"])
    func oneSpelling(text: String) {
        #expect(CivilTime(text) == nil)
    }
}
