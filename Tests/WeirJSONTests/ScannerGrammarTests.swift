import Testing
import WeirJSON

@Suite("The grammar of JSON")
struct ScannerGrammarTests {
    @Test(
        "a legal document is accepted",
        arguments: [
            "{}", "[]", "0", "-0", "7", "-12", "1.5", "-0.0", "0e0", "1E5", "1e+05", "1e-5", "10.01e10",
            "1e999",
            "true", "false", "null", "\"\"", "\"a\"", " \t\r\n1\n", "[1]", "[1,2]", "[ 1 , 2 ]", "[[],[[]]]",
            "[[],{}]", "{\"a\":1}", "{\"a\":{\"b\":[]},\"c\":null}", "{ \"a\" : 1 , \"b\" : 2 }", "{\"\":0}",
            "{\"a\":1,\"a\":2}", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "\"\\u0000\\u00e9\\uABCD\\uabcd\"",
            "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\u{7F}\"", "\"é語😀\u{10FFFF}\"",
            "\"\u{FEFF}\"", "\"\u{2028}\"", "[1.0,-1,\"x\",true,false,null,{}]",
        ])
    func accepts(_ document: String) {
        #expect(fault(bytes(document)) == nil)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", " ", "\n", "{", "}", "[", "]", ",", ":", "\"", "a", "[}", "{]", "[1", "[1,", "[1,]", "[,1]",
            "[,]",
            "[1 2]", "[1,,2]", "[1]]", "[1],", "[1]x", "1 2", "{} {}", "[[]", "[[1]}", "{\"a\"", "{\"a\":",
            "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}",
            "{1:1}",
            "{null:1}", "{\"a\":1 \"b\":2}", "{\"a\",1}", "{\"a\":1]", "[\"a\":1]", "{[]:1}", "{\"a\"}",
            "{'a':1}",
            "'a'", "-", "+1", "01", "-01", "00", "1.", "1.e5", ".5", "-.5", "1e", "1e+", "1e-", "1E+x",
            "0x10",
            "1_000", "1,0", "--1", "-a", "1a", "1.2.3", "1e2e3", "1e2.5", "Infinity", "-Infinity", "NaN",
            "nan",
            "t", "tru", "truE", "True", "TRUE", "truee", "f", "fals", "n", "nul", "nulll", "truefalse",
            "undefined",
            "\"a", "\"\\\"", "\"\\", "\"\\a\"", "\"\\'\"", "\"\\x41\"", "\"\\U0041\"", "\"\\u\"",
            "\"\\u123\"",
            "\"\\u12", "\"\\u12g4\"", "\"\\u-123\"", "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1F}\"",
            "\u{0}",
            "1\u{0}", "\u{FEFF}{}", "\u{A0}1", "[1]\u{B}", "\u{C}1", "\u{2028}1", "// c\n1", "/* c */1",
            "1//c",
            "[1]#", "\u{1}1", "{\"a\":\"b}", "[\"a]",
        ])
    func refuses(_ document: String) {
        #expect(fault(bytes(document)) != nil)
    }

    @Test(
        "a fault tells what is wrong and at which byte",
        arguments: [
            ("", JSONFault.truncated(offset: 0)), ("  ", .truncated(offset: 2)),
            ("[1,", .truncated(offset: 3)),
            ("tru", .truncated(offset: 3)), ("-", .truncated(offset: 1)), ("\"abc", .truncated(offset: 4)),
            ("\"\\u00", .truncated(offset: 5)), ("[1,]", .syntax(offset: 3)), ("[1]x", .syntax(offset: 3)),
            ("01", .syntax(offset: 1)), ("1.x", .syntax(offset: 2)), ("trXe", .syntax(offset: 2)),
            ("\"a\u{1}\"", .syntax(offset: 2)), ("\"\\x\"", .syntax(offset: 2)),
            ("{\"a\" 1}", .syntax(offset: 5)),
            ("[ 9223372036854775808]", .integerOutOfRange(offset: 2)), ("\u{FEFF}1", .syntax(offset: 0)),
        ])
    func tellsWhere(_ document: String, _ expected: JSONFault) {
        #expect(fault(bytes(document)) == expected)
    }

    @Test(
        "an integer fits signed 64 bit wherever it stands",
        arguments: [
            ("9223372036854775807", true), ("9223372036854775808", false), ("-9223372036854775808", true),
            ("-9223372036854775809", false), ("10000000000000000000", false), ("18446744073709551616", false),
            ("99999999999999999999999999", false), ("9223372036854775808.0", true),
            ("9223372036854775808e0", true),
            ("-100000000000000000000.5", true),
        ])
    func boundsIntegers(_ number: String, _ isAccepted: Bool) {
        for document in [number, "[\(number)]", "{\"a\":[{\"b\":\(number)}]}", "[0,\(number),0]"] {
            switch fault(bytes(document)) {
            case nil: #expect(isAccepted, "\(document)")
            case .integerOutOfRange: #expect(!isAccepted, "\(document)")
            case let other: Issue.record("\(document): \(String(describing: other))")
            }
        }
    }

    @Test("every control character in a string is refused, wherever it stands", arguments: UInt8(0)..<0x20)
    func refusesControls(_ control: UInt8) {
        for before in 0..<70 {
            var document = bytes("\"" + String(repeating: "x", count: before))
            document.append(control)
            document += bytes(String(repeating: "y", count: 40) + "\"")
            #expect(fault(document) == .syntax(offset: before + 1))
        }
    }

    @Test("the length of a string does not matter to what is found in it", arguments: 0..<100)
    func findsTheEnd(_ length: Int) throws {
        let plain = String(repeating: "x", count: length)
        #expect(fault(bytes("[\"\(plain)\",\"\(plain)\\n\(plain)\",\"\(plain)é\(plain)\"]")) == nil)
        #expect(fault(bytes("\"\(plain)")) == .truncated(offset: length + 1))
        #expect(fault(bytes("\"\(plain)\\q\"")) == .syntax(offset: length + 2))
        #expect(fault(bytes("\"\(plain)") + [0xFF] + bytes("\"")) == .notUTF8(offset: length + 1))
    }
}
