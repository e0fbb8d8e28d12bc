import Foundation
import Logging
import Synchronization
import Testing
import WeirLogging

@Suite struct LineSafetyTests {
    static let awkward = [
        "line\nbreak", "carriage\rreturn", "tab\tquote\"slash\\", "\u{0}\u{1}\u{1F}\u{7F}",
        "\u{85}\u{9B}31m", "\u{2028}\u{2029}", "Zürich – “größer” 🌊", "", "a=b c", "\u{A0}\u{20AC}",
    ]

    @Test(arguments: awkward) func `any value comes back from JSON as it was`(_ value: String) throws {
        let pipe = try LogPipe()
        pipe.logger.info("\(value)", metadata: ["key \(value)": "\(value)"])
        let objects = try pipe.objects()
        #expect(objects.count == 1)
        #expect(objects.first?["event"] as? String == value)
        #expect(objects.first?["key \(value)"] as? String == value)
    }

    @Test(arguments: awkward, [EventFormat.json, .text])
    func `no value breaks its line`(_ value: String, _ format: EventFormat) throws {
        let pipe = try LogPipe(format)
        pipe.logger.info("\(value)", metadata: ["key \(value)": "\(value)"])
        let text = try pipe.text()
        #expect(text.hasSuffix("\n"))
        let inside = text.dropLast().unicodeScalars
        #expect(!inside.contains { $0.properties.generalCategory == .control })
        #expect(!inside.contains("\u{2028}") && !inside.contains("\u{2029}"))
    }

    @Test(arguments: [
        ("plain", "event=plain"), ("two words", #"event="two words""#), ("", #"event="""#),
        ("a=b", #"event="a=b""#), (#"say "x""#, #"event="say \"x\"""#), ("ü", #"event="ü""#),
    ])
    func `text lines quote what is not a bare word`(_ value: String, _ field: String) throws {
        let pipe = try LogPipe(.text)
        pipe.logger.info("\(value)")
        #expect(try pipe.text() == "time=2026-11-22T21:00:00.123Z level=info \(field)\n")
    }

    @Test func `text lines keep keys to one word`() throws {
        let pipe = try LogPipe(.text)
        pipe.logger.info("x", metadata: ["a b=\n\"": "v"])
        #expect(try pipe.text().hasSuffix("event=x a_b___=v\n"))
    }

    @Test func `a value of 4096 bytes is whole and a longer one is cut`() throws {
        let pipe = try LogPipe()
        let longest = String(repeating: "x", count: 4096)
        pipe.logger.info("\(longest)", metadata: ["long": "\(longest + "y")"])
        let object = try #require(try pipe.objects().first)
        #expect(object["event"] as? String == longest)
        #expect(object["long"] as? String == longest + "…")
    }

    @Test(arguments: 1...4) func `a cut never splits a character`(_ lead: Int) throws {
        let pipe = try LogPipe()
        let waves = String(repeating: "a", count: lead) + String(repeating: "🌊", count: 2000)
        pipe.logger.info("\(waves)")
        let event = try #require(try pipe.objects().first?["event"] as? String)
        #expect(event.hasSuffix("🌊…"))
        #expect(event.utf8.count <= 4096 + 3)
        #expect(waves.hasPrefix(event.dropLast()))
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_251_199_007, "2024-02-29T23:59:59.007Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func `times are written in UTC`(_ milliseconds: Int64, _ text: String) throws {
        let pipe = try LogPipe(now: { milliseconds })
        pipe.logger.info("x")
        #expect(try pipe.objects().first?["time"] as? String == text)
    }

    @Test func `each line has its own time`() throws {
        let later = Turns(from: LogPipe.time)
        let pipe = try LogPipe(now: { later.next() })
        for _ in 0..<3 { pipe.logger.info("x") }
        let seconds = try pipe.objects().compactMap { ($0["time"] as? String)?.suffix(7) }
        #expect(seconds == ["00.123Z", "00.623Z", "01.123Z"])
    }
}

/// A clock that goes half a second forward with each look.
private final class Turns: Sendable {
    private let time: Mutex<Int64>

    init(from start: Int64) {
        time = Mutex(start)
    }

    func next() -> Int64 {
        time.withLock { time in
            defer { time += 500 }
            return time
        }
    }
}
