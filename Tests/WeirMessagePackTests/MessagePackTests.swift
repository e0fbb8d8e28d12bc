import Testing
import WeirJSON
import WeirMessagePack

func packed(_ json: String) throws -> [UInt8] {
    try MessagePack.bytes(fromJSON: Array(json.utf8), maximumDepth: 512)
}

func unpacked(_ bytes: [UInt8]) throws -> String {
    String(decoding: try MessagePack.json(from: bytes, maximumDepth: 512), as: UTF8.self)
}

func fault(_ bytes: [UInt8], depth: Int = 512) -> MessagePackFault? {
    do throws(MessagePackFault) {
        _ = try MessagePack.json(from: bytes, maximumDepth: depth)
        return nil
    } catch {
        return error
    }
}

@Suite("MessagePack")
struct MessagePackTests {
    /// Each with what the specification says its shortest form is.
    @Test(
        "integers take their shortest form and come back exactly",
        arguments: [
            ("0", [0x00]), ("127", [0x7F]), ("128", [0xCC, 0x80]), ("255", [0xCC, 0xFF]), ("256", [0xCD, 0x01, 0x00]),
            ("65535", [0xCD, 0xFF, 0xFF]), ("65536", [0xCE, 0, 1, 0, 0]), ("4294967295", [0xCE, 0xFF, 0xFF, 0xFF, 0xFF]),
            ("4294967296", [0xCF, 0, 0, 0, 1, 0, 0, 0, 0]),
            ("9223372036854775807", [0xCF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            ("-1", [0xFF]), ("-32", [0xE0]), ("-33", [0xD0, 0xDF]), ("-128", [0xD0, 0x80]), ("-129", [0xD1, 0xFF, 0x7F]),
            ("-32768", [0xD1, 0x80, 0x00]), ("-32769", [0xD2, 0xFF, 0xFF, 0x7F, 0xFF]),
            ("-2147483648", [0xD2, 0x80, 0, 0, 0]), ("-2147483649", [0xD3, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF]),
            ("-9223372036854775808", [0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] as [(String, [UInt8])])
    func integers(text: String, bytes: [UInt8]) throws {
        #expect(try packed(text) == bytes)
        #expect(try unpacked(bytes) == text)
    }

    @Test("longer forms than needed are read as well")
    func longForms() throws {
        #expect(try unpacked([0xD3, 0, 0, 0, 0, 0, 0, 0, 5]) == "5")
        #expect(try unpacked([0xCF, 0, 0, 0, 0, 0, 0, 0, 5]) == "5")
        #expect(try unpacked([0xDB, 0, 0, 0, 1, 0x61]) == "\"a\"")
        #expect(try unpacked([0xDD, 0, 0, 0, 1, 0xC0]) == "[null]")
        #expect(try unpacked([0xDF, 0, 0, 0, 1, 0xA1, 0x61, 0xC3]) == "{\"a\":true}")
    }

    @Test("a value of each other kind", arguments: [
        ("null", [0xC0]), ("false", [0xC2]), ("true", [0xC3]), ("[]", [0x90]), ("{}", [0x80]), ("\"\"", [0xA0]),
        ("1.5", [0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]), ("{\"a\":[1,{}]}", [0x81, 0xA1, 0x61, 0x92, 0x01, 0x80]),
    ] as [(String, [UInt8])])
    func kinds(text: String, bytes: [UInt8]) throws {
        #expect(try packed(text) == bytes)
        #expect(try unpacked(bytes) == text)
    }

    @Test("a float of 32 bits keeps its value")
    func shortFloats() throws {
        #expect(try unpacked([0xCA, 0x3F, 0xC0, 0, 0]) == "1.5")
        #expect(try unpacked([0xCA, 0x3D, 0xCC, 0xCC, 0xCD]) == "0.10000000149011612")
    }

    @Test("strings change their form where their length asks for it", arguments: [31, 32, 255, 256, 65_535, 65_536])
    func lengths(count: Int) throws {
        let text = "\"" + String(repeating: "é", count: count / 2) + String(repeating: "x", count: count % 2) + "\""
        let bytes = try packed(text)
        #expect(bytes.count == count + (count < 32 ? 1 : count < 256 ? 2 : count < 65_536 ? 3 : 5))
        #expect(try unpacked(bytes) == text)
    }

    @Test("containers change their form where their length asks for it", arguments: [15, 16, 65_535, 65_536])
    func counts(count: Int) throws {
        let list = "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]"
        #expect(try packed(list).count == count + (count < 16 ? 1 : count < 65_536 ? 3 : 5))
        #expect(try unpacked(try packed(list)) == list)
        let object = "{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try unpacked(try packed(object)) == object)
    }

    @Test("escapes are resolved, and made again where JSON demands them")
    func escapes() throws {
        #expect(try packed(#""\u00e9\n\ud83d\ude00""#) == [0xA7, 0xC3, 0xA9, 0x0A, 0xF0, 0x9F, 0x98, 0x80])
        #expect(try unpacked([0xA3, 0x22, 0x0A, 0x01]) == #""\"\n\u0001""#)
    }

    @Test("binary data that are text count as a string, others are refused")
    func binary() throws {
        #expect(try unpacked([0xC4, 2, 0x68, 0x69]) == "\"hi\"")
        #expect(try unpacked([0x81, 0xC4, 1, 0x61, 0xC5, 0, 1, 0x62]) == "{\"a\":\"b\"}")
        #expect(fault([0xC6, 0, 0, 0, 1, 0xFF]) == .notUTF8(offset: 0))
    }

    @Test("what JSON has no counterpart for is refused", arguments: [
        ([0xC1], .noCounterpart(offset: 0)), ([0x91, 0xD4, 1, 0], .noCounterpart(offset: 1)),
        ([0xC7, 1, 1, 0], .noCounterpart(offset: 0)), ([0xD6, 0xFF, 0, 0, 0, 0], .noCounterpart(offset: 0)),
        ([0x81, 0x01, 0x02], .keyNotString(offset: 1)), ([0x81, 0xC0, 0x02], .keyNotString(offset: 1)),
        ([0xCF, 0x80, 0, 0, 0, 0, 0, 0, 0], .integerOutOfRange(offset: 0)),
        ([0xCB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0], .notFinite(offset: 0)),
        ([0xCA, 0x7F, 0xC0, 0, 0], .notFinite(offset: 0)), ([0xA1, 0xFF], .notUTF8(offset: 0)),
        ([0xC0, 0xC0], .trailing(offset: 1)), ([], .truncated(offset: 0)),
    ] as [([UInt8], MessagePackFault)])
    func refused(bytes: [UInt8], expected: MessagePackFault) {
        #expect(fault(bytes) == expected)
    }

    @Test("a count is not believed before the bytes are there", arguments: [
        [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF, 0xA0], [0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 0x61],
        [0x92, 0x01], [0x81, 0xA1, 0x61], [0xCF, 0, 0],
    ] as [[UInt8]])
    func truncated(bytes: [UInt8]) {
        #expect(fault(bytes) == .truncated(offset: bytes.count))
    }

    @Test("depth is bounded, and costs no machine stack")
    func depth() throws {
        let deep = [UInt8](repeating: 0x91, count: 512) + [0xC0]
        #expect(try unpacked(deep) == String(repeating: "[", count: 512) + "null" + String(repeating: "]", count: 512))
        #expect(fault([0x91] + deep) == .tooDeep(limit: 512))
        let veryDeep = [UInt8](repeating: 0x91, count: 1_000_000) + [0xC0]
        #expect(fault(veryDeep, depth: 2_000_000) == nil)
        let text = Array(repeating: UInt8(ascii: "["), count: 100_000) + Array(repeating: UInt8(ascii: "]"), count: 100_000)
        #expect(try MessagePack.bytes(fromJSON: text, maximumDepth: 100_000).count == 100_000)
    }
}
