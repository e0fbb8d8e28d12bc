import Testing
import WeirJSON

@Suite("UTF-8 in strings")
struct ScannerUTF8Tests {
    @Test("every character that needs no escape is accepted")
    func acceptsEveryCharacter() {
        for code in UInt32(0x80)...0x10FFFF {
            // All where the length changes, every 97th elsewhere.
            guard code < 0x900 || code & 0xFF00 == 0xFF00 || code.isMultiple(of: 97) else { continue }
            guard let scalar = Unicode.Scalar(code) else { continue }
            #expect(fault(bytes("\"\(Character(scalar))\"")) == nil, "U+\(String(code, radix: 16))")
        }
    }

    @Test(
        "what is not UTF-8 is refused at its first byte",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2],
            [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xF1, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func refuses(_ sequence: [UInt8]) {
        #expect(fault(bytes("[\"é") + sequence + bytes("\"]")) == .notUTF8(offset: 4))
        #expect(fault(bytes("{\"é") + sequence + bytes("\":1}")) == .notUTF8(offset: 4))
        #expect(fault(bytes("[\"é") + sequence) == .notUTF8(offset: 4))
        #expect(fault(bytes("[12") + sequence) == .syntax(offset: 3))
    }

    @Test("random bytes are accepted exactly if Swift's own decoder accepts them", arguments: UInt64(1)...4)
    func agreesWithSwift(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let interesting: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0,
            0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<20_000 {
            let content = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                interesting[Int.random(in: 0..<interesting.count, using: &random)]
            }
            let isText = String(validating: content, as: UTF8.self) != nil
            let document = bytes("\"") + content + bytes("\"")
            #expect((fault(document) == nil) == isText, "seed \(seed): \(content)")
        }
    }
}
