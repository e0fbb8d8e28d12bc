import Testing
import WeirJSON

@Suite("JSON values")
struct JSONValueTests {
    @Test("every kind of value is read")
    func readsAll() throws {
        let document = #"{"n":null,"t":true,"f":false,"i":-5,"x":1.50,"s":"é\n","a":[1,[]],"o":{"k":"v"}}"#
        let expected: JSONValue = [
            "n": .null, "t": true, "f": false, "i": -5, "x": .number("1.50"), "s": "é\n", "a": [1, []],
            "o": ["k": "v"],
        ]
        #expect(try value(document) == expected)
    }

    @Test("a value tells what it is")
    func accessors() {
        #expect(JSONValue.bool(true).boolValue == true)
        #expect(JSONValue.integer(4).integerValue == 4)
        #expect(JSONValue.number("4.0").integerValue == nil)
        #expect(JSONValue.string("s").stringValue == "s")
        #expect(JSONValue.array([1]).arrayValue == [1])
        #expect(JSONValue.object(["a": 1]).objectValue == ["a": 1])
        for value in [JSONValue.null, .fraction(.nan)] {
            #expect(value == .null && value.boolValue == nil && value.integerValue == nil)
            #expect(value.stringValue == nil && value.arrayValue == nil && value.objectValue == nil)
        }
    }

    @Test(
        "what was read is written compactly and in order, numbers as they stood",
        arguments: [
            (" { \"b\" : 1 , \"a\" : [ true , null ] } ", #"{"b":1,"a":[true,null]}"#),
            ("[1.50, 1E5, -0.0, 1e999]", "[1.50,1E5,-0.0,1e999]"),
            (#"["\u00e9\ud83d\ude00\/\u0041", "\u0001"]"#, #"["é😀/A","\u0001"]"#),
            ("{}", "{}"), ("[ ]", "[]"), ("[-9223372036854775808]", "[-9223372036854775808]"),
        ])
    func writes(_ document: String, _ expected: String) throws {
        #expect(text(try value(document).bytes) == expected)
    }

    @Test("reading what was written gives the same value", arguments: UInt64(1)...6)
    func roundTrips(seed: UInt64) throws {
        var generator = DocumentGenerator(seed: seed)
        for round in 0..<100 {
            let tree = try JSONValue.parse(generator.document(), topLevel: .anything)
            let again = try JSONValue.parse(tree.bytes, duplicates: .refuse, topLevel: .anything)
            #expect(again == tree, "seed \(seed), round \(round)")
            #expect(again.hashValue == tree.hashValue, "seed \(seed), round \(round)")
            #expect(again.bytes == tree.bytes, "seed \(seed), round \(round)")
        }
    }

    @Test(
        "half a surrogate pair becomes U+FFFD",
        arguments: [
            (#""a\ud800b""#, "a\u{FFFD}b"), (#""\udc00""#, "\u{FFFD}"),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
            (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83dx\ude00""#, "\u{FFFD}x\u{FFFD}"),
        ])
    func replacesLoneSurrogates(_ document: String, _ expected: String) throws {
        #expect(try value(document) == .string(expected))
    }

    @Test(
        "a bare scalar is refused at the top unless it is allowed",
        arguments: ["1", "\"s\"", "null", " true "])
    func refusesScalars(_ document: String) throws {
        #expect(throws: JSONFault.topLevel) { try JSONValue.parse(bytes(document)) }
        _ = try value(document)
        #expect(throws: JSONFault.syntax(offset: document.utf8.count)) {
            try JSONValue.parse(bytes(document + "x"))
        }
    }

    @Test(
        "a member given twice is refused, or the last value stays at the first place",
        arguments: [
            #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"b":2,"\u0061":3}"#,
        ])
    func duplicates(_ document: String) throws {
        #expect(throws: JSONFault.duplicateMember("a")) { try value(document, duplicates: .refuse) }
        #expect(throws: JSONFault.duplicateMember("a")) {
            try value("[{\"x\":\(document)}]", duplicates: .refuse)
        }
        #expect(text(try value(document).bytes) == #"{"a":3,"b":2}"#)
    }

    @Test("equality forgets the order of members and nothing else")
    func equality() throws {
        #expect(try value(#"{"a":1,"b":[2]}"#) == value(#"{"b":[2],"a":1}"#))
        #expect(try value(#"{"a":1,"b":2}"#).hashValue == value(#"{"b":2,"a":1}"#).hashValue)
        #expect(try value(#"{"a":1}"#) != value(#"{"a":2}"#))
        #expect(try value(#"{"a":1}"#) != value(#"{"a":1,"b":1}"#))
        #expect(try value("[1,2]") != value("[2,1]"))
        #expect(try value("1") != value("1.0"))
        #expect(try value("1.0") == value("1.00"))
        #expect(try value("1.0").hashValue == value("10e-1").hashValue)
        #expect(try value("1e999") != value("1e998"))
        #expect(try value("0") != value("false"))
        #expect(try value("null") != value("\"null\""))
    }

    @Test("texts that only look the same are different")
    func comparesBytes() throws {
        let composed = "\"\u{E9}\""
        let decomposed = "\"e\u{301}\""
        #expect(try value(composed) != value(decomposed))
        let both = try value("{\(composed):1,\(decomposed):2}", duplicates: .refuse)
        #expect(both.objectValue?.count == 2)
    }
}
