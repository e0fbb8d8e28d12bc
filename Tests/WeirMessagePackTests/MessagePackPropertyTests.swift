import TestSupport
import Testing
import WeirJSON
import WeirMessagePack

@Suite("Random MessagePack")
struct MessagePackPropertyTests {
    @Test("a value comes back from MessagePack as it was", arguments: UInt64(1)...8)
    func comesBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<300 {
            let value = Self.value(depth: 0, &random)
            let back = try MessagePack.json(
                from: try MessagePack.bytes(fromJSON: value.bytes, maximumDepth: 16), maximumDepth: 16)
            #expect(back == value.bytes, "seed \(seed), round \(round)")
        }
    }

    @Test("every beginning of a document is refused as incomplete", arguments: UInt64(1)...4)
    func beginnings(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<60 {
            let bytes = try MessagePack.bytes(fromJSON: Self.value(depth: 0, &random).bytes, maximumDepth: 16)
            for count in bytes.indices {
                #expect(
                    fault(Array(bytes.prefix(count))) == .truncated(offset: count), "seed \(seed), round \(round), \(count)")
            }
        }
    }

    @Test("random bytes are refused, or are JSON that stays the same from then on", arguments: UInt64(1)...8)
    func randomBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for round in 0..<4000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            guard let json = try? MessagePack.json(from: bytes, maximumDepth: 8) else { continue }
            accepted += 1
            let again = try MessagePack.json(
                from: try MessagePack.bytes(fromJSON: json, maximumDepth: 8), maximumDepth: 8)
            #expect(again == json, "seed \(seed), round \(round)")
        }
        #expect(accepted > 0)
    }

    @Test("a changed document never reads outside its bytes", arguments: UInt64(1)...4)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<1000 {
            var bytes = try MessagePack.bytes(fromJSON: Self.value(depth: 0, &random).bytes, maximumDepth: 16)
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            let alone = fault(bytes, depth: 16)
            // The same bytes with others behind them, which must not matter.
            let within = (bytes + bytes).withUnsafeBufferPointer { whole in
                fault(Array(whole[..<bytes.count]), depth: 16)
            }
            #expect(within == alone, "seed \(seed), round \(round)")
        }
    }

    static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 5 ? 9 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random))
        case 3: .fraction(Double(bitPattern: random.next()))
        case 4, 5: .string(text(&random))
        case 6, 7:
            .array((0..<Int.random(in: 0...20, using: &random) / (depth + 1)).map { _ in value(depth: depth + 1, &random) })
        default:
            .object(
                JSONObject(
                    (0..<Int.random(in: 0...20, using: &random) / (depth + 1)).map { number in
                        ("\(number)" + text(&random), value(depth: depth + 1, &random))
                    }))
        }
    }

    static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...40, using: &random)).reduce(into: "") { text, _ in
            text += ["a", "é", "語", "😀", "\"", "\\", "\n", "\u{0}", "\u{7F}", " plain "].randomElement(using: &random) ?? ""
        }
    }
}
