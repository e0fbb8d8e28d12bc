import TestSupport
import Testing
import WeirDomain
import WeirOperations

@Suite("Sealed bodies") struct BodyCipherTests {
    private let cipher = BodyCipher(key: "a key of these tests")
    private let project: ProjectID
    private let body = MessageBody(Array(#"{"a":"only the bearer may read this"}"#.utf8))

    init() throws {
        project = try #require(ProjectID("p"))
    }

    @Test("what is sealed opens as what it was, whatever its length")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 11)
        for length in [1, 2, 15, 16, 17, 1000, 262_144] {
            let plain = MessageBody((0..<length).map { _ in UInt8.random(in: 0x20...0xFF, using: &generator) })
            let nonce = generator.next()
            let sealed = try cipher.seal(plain, of: project, nonce: nonce)
            #expect(sealed != plain && sealed.bytes.count == length + 50)
            #expect(try cipher.open(sealed, of: project, nonce: nonce) == plain)
        }
    }

    @Test("nothing of a body shows, and the same body is never sealed the same way twice")
    func hidden() throws {
        let first = try cipher.seal(body, of: project, nonce: 1)
        let second = try cipher.seal(body, of: project, nonce: 1)
        #expect(first != second)
        let word = Array("bearer".utf8)
        for sealed in [first, second] {
            #expect(!sealed.bytes.indices.contains { sealed.bytes[$0...].starts(with: word) })
            // No JSON text begins so, and nobody can post anything else.
            #expect(sealed.bytes.first == 1)
        }
    }

    @Test("a sealed body opens as this message of this project only")
    func bound() throws {
        let sealed = try cipher.seal(body, of: project, nonce: 5)
        let other = try #require(ProjectID("q"))
        #expect(throws: CipherFault.damaged) { try cipher.open(sealed, of: project, nonce: 6) }
        #expect(throws: CipherFault.damaged) { try cipher.open(sealed, of: other, nonce: 5) }
    }

    @Test("no changed byte goes unnoticed, and no shortened body")
    func changed() throws {
        let sealed = try cipher.seal(body, of: project, nonce: 5)
        for index in sealed.bytes.indices.dropFirst() {
            var bytes = sealed.bytes
            bytes[index] ^= 1 << (index % 8)
            #expect(throws: CipherFault.self) { try cipher.open(MessageBody(bytes), of: project, nonce: 5) }
        }
        for length in 1..<sealed.bytes.count {
            let cut = MessageBody(Array(sealed.bytes.prefix(length)))
            #expect(throws: CipherFault.self) { try cipher.open(cut, of: project, nonce: 5) }
        }
    }

    @Test("a body that is sealed already is not sealed again, and one that is not stays as it is")
    func once() throws {
        let sealed = try cipher.seal(body, of: project, nonce: 5)
        #expect(try cipher.seal(sealed, of: project, nonce: 5) == sealed)
        #expect(try cipher.open(body, of: project, nonce: 5) == body)
    }

    @Test("after a change of keys the new one seals, and both open until the old one is dropped")
    func rotation() throws {
        let old = try cipher.seal(body, of: project, nonce: 5)
        let both = BodyCipher(key: "next", previousKeys: ["oldest", "a key of these tests"])
        let new = try both.seal(body, of: project, nonce: 5)
        #expect(try both.open(old, of: project, nonce: 5) == body)
        #expect(try both.open(new, of: project, nonce: 5) == body)
        #expect(throws: CipherFault.unknownKey) { try cipher.open(new, of: project, nonce: 5) }
        #expect(throws: CipherFault.unknownKey) { try BodyCipher(key: "next").open(old, of: project, nonce: 5) }
    }

    @Test("without a key nothing is sealed; with an old one only, what it sealed is opened")
    func noKey() throws {
        let sealed = try cipher.seal(body, of: project, nonce: 5)
        #expect(throws: CipherFault.noKey) { try BodyCipher.none.seal(body, of: project, nonce: 5) }
        #expect(throws: CipherFault.unknownKey) { try BodyCipher.none.open(sealed, of: project, nonce: 5) }
        let retired = BodyCipher(key: nil, previousKeys: ["a key of these tests"])
        #expect(!retired.canSeal && retired.hasKeys)
        #expect(throws: CipherFault.noKey) { try retired.seal(body, of: project, nonce: 5) }
        #expect(try retired.open(sealed, of: project, nonce: 5) == body)
    }
}
