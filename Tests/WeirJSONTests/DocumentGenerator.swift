/// SplitMix64: the same seed gives the same documents on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// Writes random JSON with all that the grammar allows: blanks anywhere, escapes, characters of every length,
/// every form of number. The same member may come twice; lone surrogates do not come.
struct DocumentGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func document() -> [UInt8] {
        bytes(blank() + value(depth: 0) + blank())
    }

    mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth < 5 ? 10 : 5), using: &random) {
        case 0, 1: return number()
        case 2, 3: return string()
        case 4: return pick(["true", "false", "null"])
        case 5, 6, 7: return "[" + list { $0.value(depth: depth + 1) } + "]"
        default:
            return "{" + list { $0.string() + $0.blank() + ":" + $0.blank() + $0.value(depth: depth + 1) }
                + "}"
        }
    }

    mutating func string() -> String {
        var content = ""
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            content += pick([
                "a", "b", "Z", " ", "/", "{", "]", ":", ",", "\u{7F}", "é", "\u{7FF}", "\u{800}", "語",
                "\u{FFFF}",
                "😀", "\u{10FFFF}", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000",
                "\\u00e9",
                "\\uD83D\\ude00", "plain text in a row",
            ])
        }
        return "\"" + content + "\""
    }

    mutating func number() -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: String(Int64.random(in: .min ... .max, using: &random))
        case 1: String(Int.random(in: -20...20, using: &random))
        case 2: pick(["0", "-0", "-0.0", "0e0", "1E5", "1e+05", "2.5e-3", "1.7976931348623157e308", "10.00"])
        default: "\(Int.random(in: -999...999, using: &random)).\(Int.random(in: 0...999, using: &random))"
        }
    }

    mutating func blank() -> String {
        pick(["", "", "", "", " ", "\n", "\t", "\r\n", "   "])
    }

    /// `document` with a few bytes changed, taken out or put in.
    mutating func mutation(of document: [UInt8]) -> [UInt8] {
        var mutant = document
        for _ in 0..<Int.random(in: 1...3, using: &random) where !mutant.isEmpty {
            let place = Int.random(in: 0..<mutant.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: mutant[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: mutant.remove(at: place)
            case 2: mutant[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default: mutant.insert(pick(Array("{}[]:,\"\\0123-+.eEtfn".utf8)), at: place)
            }
        }
        return mutant
    }

    private mutating func list(_ element: (inout DocumentGenerator) -> String) -> String {
        var elements: [String] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            elements.append(blank() + element(&self) + blank())
        }
        return elements.isEmpty ? blank() : elements.joined(separator: ",")
    }

    private mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
