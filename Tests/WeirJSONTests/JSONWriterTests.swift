import Testing
import WeirJSON

@Suite("Writing JSON")
struct JSONWriterTests {
    private func written(_ write: (inout [UInt8]) -> Void) -> String {
        var buffer = bytes("=")
        write(&buffer)
        return text(buffer.dropFirst())
    }

    @Test(
        "only what JSON demands is escaped",
        arguments: [
            ("", "\"\""), ("plain", "\"plain\""), ("é語😀\u{7F}/", "\"é語😀\u{7F}/\""), ("\"", "\"\\\"\""),
            ("a\\b", "\"a\\\\b\""), ("\u{8}\u{C}\n\r\t", "\"\\b\\f\\n\\r\\t\""),
            ("\u{0}\u{1F}", "\"\\u0000\\u001f\""),
            ("a long text \"quoted\" far in", "\"a long text \\\"quoted\\\" far in\""),
        ])
    func escapes(_ string: String, _ expected: String) {
        #expect(written { JSONWriter.append(string: string, to: &$0) } == expected)
    }

    @Test("a string of any length with an escape anywhere reads back", arguments: 0..<80)
    func findsEscapes(_ place: Int) throws {
        for special in ["\"", "\\", "\n", "\u{1}", "é", ""] {
            let string =
                String(repeating: "x", count: place) + special + String(repeating: "y", count: 79 - place)
            #expect(try value(written { JSONWriter.append(string: string, to: &$0) }) == .string(string))
        }
    }

    @Test(
        "integers are written in decimal",
        arguments: [0, 1, -1, 9, 10, 99, 100, -1000, .max, .min] as [Int64])
    func writesIntegers(_ integer: Int64) {
        #expect(written { JSONWriter.append(integer: integer, to: &$0) } == String(integer))
        #expect(
            written { JSONWriter.append(integer: integer.magnitude, to: &$0) } == String(integer.magnitude))
    }

    @Test("numbers are written so that they read back; what JSON has no words for becomes null")
    func writesNumbers() {
        #expect(written { JSONWriter.append(number: 0.0006, to: &$0) } == "0.0006")
        #expect(written { JSONWriter.append(number: 1e300, to: &$0) } == "1e+300")
        for number in [Double.infinity, -.infinity, .nan] {
            #expect(written { JSONWriter.append(number: number, to: &$0) } == "null")
        }
        for number in [Double.leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, 1e16, 123456.789] {
            let text = written { JSONWriter.append(number: number, to: &$0) }
            #expect(fault(bytes(text)) == nil && Double(text) == number)
        }
    }

    @Test("a response can be put together from pieces")
    func composes() {
        let response = written {
            JSONWriter.append(literal: "{", to: &$0)
            JSONWriter.append(name: "ttl", to: &$0)
            JSONWriter.append(integer: 300, to: &$0)
            JSONWriter.append(literal: ",\"body\":", to: &$0)
            JSONWriter.append(raw: bytes("[1, 2]"), to: &$0)
            JSONWriter.append(literal: ",\"ok\":", to: &$0)
            JSONWriter.append(bool: true, to: &$0)
            JSONWriter.append(literal: "}", to: &$0)
        }
        #expect(response == #"{"ttl":300,"body":[1, 2],"ok":true}"#)
    }
}
