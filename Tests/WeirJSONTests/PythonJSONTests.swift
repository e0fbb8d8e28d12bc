import Testing
import WeirJSON

@Suite("JSON as Python writes it")
struct PythonJSONTests {
    private func python(_ document: String) throws(JSONFault) -> String {
        text(try PythonJSON.text(of: bytes(document), maximumDepth: serviceDepth))
    }

    @Test(
        "separators, order and escapes are Python's",
        arguments: [
            (#"{"a":1}"#, #"{"a": 1}"#), (#""txt""#, #""txt""#), ("[1,2]", "[1, 2]"), ("5", "5"),
            ("true", "true"),
            (#"{"b":1,"a":"é"}"#, #"{"b": 1, "a": "\u00e9"}"#), (" [ ] ", "[]"), (" { } ", "{}"),
            ("null", "null"),
            (#"{"a":[{},[false,null]]}"#, #"{"a": [{}, [false, null]]}"#), ("-0", "0"), ("-17", "-17"),
            ("-9223372036854775808", "-9223372036854775808"),
            (#""\u007f\/é😀""#, #""\u007f/\u00e9\ud83d\ude00""#),
            (#""\u0000\u001F\b\f\n\r\t\"\\""#, #""\u0000\u001f\b\f\n\r\t\"\\""#),
            (#""\uD83D\uDE00""#, #""\ud83d\ude00""#),
            (#""\ud800x""#, #""\ud800x""#), (#""\ude00\ud83d""#, #""\ude00\ud83d""#),
            (#""\ud83d\ud83d\ude00""#, #""\ud83d\ud83d\ude00""#), ("\"\u{7F}\"", #""\u007f""#),
            ("\"\u{FFFF}\u{2028}\"", #""\uffff\u2028""#),
        ])
    func writes(_ document: String, _ expected: String) throws {
        #expect(try python(document) == expected)
    }

    @Test(
        "of members with one name the first place and the last value remain",
        arguments: [
            (#"{"b":1,"a":2,"b":{"c":[]}}"#, #"{"b": {"c": []}, "a": 2}"#),
            (#"{"a":1,"\u0061":2}"#, #"{"a": 2}"#),
            (#"{"a":{"x":1,"x":2,"y":3},"b":0,"a":{"y":4,"y":[5,6]}}"#, #"{"a": {"y": [5, 6]}, "b": 0}"#),
            (#"[0,{"a":1,"a":1,"a":2},3]"#, #"[0, {"a": 2}, 3]"#),
            (#"{"é":1,"\u00E9":2}"#, #"{"\u00e9": 2}"#),
            (#"{"\ud83d\ude00":1,"😀":2}"#, #"{"\ud83d\ude00": 2}"#),
            (#"{"\ud800":1,"\ud801":2}"#, #"{"\ud800": 1, "\ud801": 2}"#),
            ("{\"\u{E9}\":1,\"e\u{301}\":2}", #"{"\u00e9": 1, "e\u0301": 2}"#),
        ])
    func mergesDuplicates(_ document: String, _ expected: String) throws {
        #expect(try python(document) == expected)
    }

    @Test(
        "floats are written as repr does",
        arguments: [
            ("1.0", "1.0"), ("2.50", "2.5"), ("-0.0", "-0.0"), ("0e5", "0.0"), ("1e5", "100000.0"),
            ("1E2", "100.0"),
            ("1e15", "1000000000000000.0"), ("9999999999999998.0", "9999999999999998.0"), ("1e16", "1e+16"),
            ("12345678901234567.0", "1.2345678901234568e+16"),
            ("18014398509481984.0", "1.8014398509481984e+16"),
            ("0.0001", "0.0001"), ("0.00012345", "0.00012345"), ("0.00001", "1e-05"), ("-1.5e-7", "-1.5e-07"),
            ("1e100", "1e+100"), ("1e22", "1e+22"), ("1e23", "1e+23"), ("5e-324", "5e-324"),
            ("1e-400", "0.0"),
            ("-1e-400", "-0.0"), ("1.7976931348623157e308", "1.7976931348623157e+308"), ("0.1", "0.1"),
            ("2.2250738585072011e-308", "2.225073858507201e-308"), ("1e999", "Infinity"),
            ("-1e999", "-Infinity"),
            ("0.30000000000000004", "0.30000000000000004"), ("123456.789", "123456.789"),
            ("9007199254740993.0", "9007199254740992.0"),
            ("1e99999999999999999999", "Infinity"), ("1e-99999999999999999999", "0.0"),
        ])
    func writesFloats(_ document: String, _ expected: String) throws {
        #expect(try python(document) == expected)
    }

    @Test("writing twice changes nothing, and the value stays the same", arguments: UInt64(1)...6)
    func isStable(seed: UInt64) throws {
        var generator = DocumentGenerator(seed: seed)
        for round in 0..<100 {
            let document = generator.document()
            let once = try PythonJSON.text(of: document, maximumDepth: serviceDepth)
            #expect(
                try PythonJSON.text(of: once, maximumDepth: serviceDepth) == once,
                "seed \(seed), round \(round)")
            #expect(once.allSatisfy { 0x20..<0x7F ~= $0 }, "seed \(seed), round \(round)")
            let before = try JSONValue.parse(document, topLevel: .anything)
            #expect(try JSONValue.parse(once, topLevel: .anything) == before, "seed \(seed), round \(round)")
        }
    }

    @Test("what is not JSON is refused", arguments: ["", "[1", "{\"a\":1,}", "NaN", "1 1"])
    func refuses(_ document: String) {
        #expect(throws: JSONFault.self) { try python(document) }
    }
}
