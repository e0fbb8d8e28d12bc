import TestSupport
import Testing
import WeirDomain

@Suite("Ids") struct IdentifierTests {
    private static let halves: [UInt64] = [0, 1, 0x0123_4567_89AB_CDEF, 1 << 63, .max]

    @Test("128 bits come back from their text", arguments: halves, halves)
    func roundTrip(high: UInt64, low: UInt64) throws {
        let text = Identifier128.text(high: high, low: low)
        let bits = try #require(Identifier128.bits(text))
        #expect(bits == (high, low))
    }

    @Test("the text is that of a UUID in lower case")
    func look() {
        let text = Identifier128.text(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(text == "01234567-89ab-cdef-fedc-ba9876543210")
        #expect(Identifier128.text(high: 0, low: 0) == "00000000-0000-0000-0000-000000000000")
    }

    @Test("bits are read in any case, with dashes or without")
    func dashes() throws {
        for text in ["0123456789ABCDEFfedcba9876543210", "01234567-89AB-CDEF-fedc-BA9876543210"] {
            let bits = try #require(Identifier128.bits(text))
            #expect(bits == (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))
        }
    }

    @Test(
        "what is not 32 hexadecimal digits has no bits",
        arguments: [
            "", "-", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
            "g123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcde ",
            "０123456789abcdef0123456789abcdef",
        ])
    func notHexadecimal(text: String) {
        #expect(Identifier128.bits(text) == nil)
    }
}

@Suite("Message ids") struct MessageIDTests {
    private static let sequences: [Int64] = [1, 2, 1000, 1 << 40, .max]
    private static let nonces: [UInt64] = [0, 1, 0xDEAD_BEEF, 1 << 63, .max]

    @Test("an id gives back its sequence and its nonce", arguments: sequences, nonces)
    func parts(sequence: Int64, nonce: UInt64) {
        let id = MessageID(sequence: MessageSequence(sequence), nonce: nonce)
        #expect(id.sequence == MessageSequence(sequence))
        #expect(id.nonce == nonce)
    }

    @Test("an id comes back from its text, in any case", arguments: sequences, nonces)
    func roundTrip(sequence: Int64, nonce: UInt64) {
        let id = MessageID(sequence: MessageSequence(sequence), nonce: nonce)
        #expect(MessageID(id.text) == id)
        #expect(MessageID(id.text.uppercased()) == id)
    }

    @Test("an id is 36 characters that need no escape in a path, a query or a list of ids")
    func look() {
        var generator = SeededGenerator(seed: 1)
        for number in 1...1000 {
            let text = MessageID(sequence: MessageSequence(Int64(number)), nonce: generator.next()).text
            #expect(text.utf8.count == 36)
            #expect(text.utf8.allSatisfy { "0123456789abcdef-".utf8.contains($0) })
        }
    }

    @Test("ids of neighbours tell nothing about their order")
    func opacity() {
        var generator = SeededGenerator(seed: 2)
        var rises = 0
        var differingBits = 0
        var earlier = MessageID(sequence: MessageSequence(1), nonce: generator.next())
        for number in 2...1000 {
            let id = MessageID(sequence: MessageSequence(Int64(number)), nonce: generator.next())
            rises += earlier.text < id.text ? 1 : 0
            differingBits += (earlier.high ^ id.high).nonzeroBitCount
            earlier = id
        }
        #expect((400...600).contains(rises), "half of them rise, as for random ids")
        #expect((30_000...34_000).contains(differingBits), "half of 64 bits differ from one to the next")
    }

    @Test("the same sequence gets another id each time")
    func differ() {
        var generator = SeededGenerator(seed: 3)
        let ids = Set(
            (0..<1000).map { _ in MessageID(sequence: MessageSequence(7), nonce: generator.next()) })
        #expect(ids.count == 1000)
    }

    @Test(
        "what is no id is none",
        arguments: [
            "", "17", "0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-fedc-ba987654321",
            "01234567-89ab-cdef-fedc-ba98765432100", "01234567-89ab-cdef-fedc-ba987654321x",
            "01234567-89ab-cdef-fedc-ba987654321,", "{1234567-89ab-cdef-fedc-ba987654321}",
        ])
    func notAnID(text: String) {
        #expect(MessageID(text) == nil)
        #expect(ClaimID(text) == nil)
    }
}

@Suite("Claim ids") struct ClaimIDTests {
    @Test("minted ids differ and come back from their text, in any case")
    func minted() {
        var generator = SeededGenerator(seed: 4)
        let ids = (0..<1000).map { _ in ClaimID.mint(using: &generator) }
        #expect(Set(ids).count == 1000)
        for id in ids {
            #expect(id.text.utf8.count == 36)
            #expect(ClaimID(id.text) == id)
            #expect(ClaimID(id.text.uppercased()) == id)
        }
    }
}
