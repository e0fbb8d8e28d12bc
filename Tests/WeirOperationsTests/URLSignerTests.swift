import TestSupport
import Testing
import WeirDomain
import WeirOperations

/// 2026-12-01T00:00:00Z, a month before the grant of these tests ends.
let beforeTheEnd = Timestamp(milliseconds: 1_796_083_200_000)

/// The grant of the vector that a live server has verified.
func sampleGrant() throws -> URLGrant {
    try #require(
        URLGrant(
            paths: ["/v2/queues/s1/messages", "/v2/queues/s1/claims"], methods: ["POST", "GET"], project: "proj1",
            expires: "2027-01-01T00:00:00"))
}

let sampleSignature = "830032451cb01f3685dbfc58f3839ee4c57f32df4383d46ce9d9ee2a60873163"

@Suite("Signatures") struct URLSignerTests {
    private let signer = URLSigner(key: "sekret")

    private func present(_ signature: URLSignature) throws -> PresentedSignature {
        try #require(
            PresentedSignature(
                signature: signature.text, paths: signature.grant.paths, methods: signature.grant.methods,
                project: signature.grant.project, expires: signature.grant.expires))
    }

    @Test("the vector of a live server")
    func vector() throws {
        let grant = try sampleGrant()
        #expect(
            grant.stringToSign
                == #"/v2/queues/s1/claims,/v2/queues/s1/messages\nGET,POST\nproj1\n2027-01-01T00:00:00"#)
        #expect(try #require(signer.sign(grant)).text == sampleSignature)
    }

    @Test("a request without a project is signed for the word None")
    func noProject() throws {
        let grant = try #require(
            URLGrant(paths: ["/v2/queues/q/messages"], methods: ["GET"], project: nil, expires: "2027-01-01T00:00:00"))
        #expect(grant.stringToSign == #"/v2/queues/q/messages\nGET\nNone\n2027-01-01T00:00:00"#)
    }

    @Test(
        "a grant covers its methods on its paths and below them",
        arguments: [
            ("GET", ["v2", "queues", "s1", "messages"], true),
            ("POST", ["v2", "queues", "s1", "messages"], true),
            ("GET", ["v2", "queues", "s1", "messages", "id"], true),
            ("POST", ["v2", "queues", "s1", "claims"], true),
            ("DELETE", ["v2", "queues", "s1", "messages"], false),
            ("get", ["v2", "queues", "s1", "messages"], false),
            ("GET", ["v2", "queues", "s1", "messagesX"], false),
            ("GET", ["v2", "queues", "s1", "message"], false),
            ("GET", ["v2", "queues", "s1"], false),
            ("GET", ["v2", "queues", "s1", "stats"], false),
            ("GET", ["v2", "queues", "s2", "messages"], false),
            ("GET", ["v2", "queues", "s1/messages"], false),
            ("GET", ["", "v2", "queues", "s1", "messages"], false),
            ("GET", ["v2", "queues", "s1", "", "messages"], false),
            ("GET", ["v2", "queues", "x", "..", "s1", "messages"], false),
            ("GET", ["v1.1", "queues", "s1", "messages"], false),
        ])
    func cover(method: String, path: [String], isCovered: Bool) throws {
        let presented = try present(try #require(signer.sign(try sampleGrant())))
        #expect(signer.admits(presented, method, path, at: beforeTheEnd) == isCovered)
    }

    @Test("a dot in a queue's name stands for itself alone")
    func dot() throws {
        let grant = try #require(
            URLGrant(
                paths: ["/v2/queues/a.b/messages"], methods: ["GET"], project: "p", expires: "2027-01-01T00:00:00"))
        let presented = try present(try #require(signer.sign(grant)))
        #expect(signer.admits(presented, "GET", ["v2", "queues", "a.b", "messages"], at: beforeTheEnd))
        #expect(!signer.admits(presented, "GET", ["v2", "queues", "axb", "messages"], at: beforeTheEnd))
    }

    @Test("a frame is admitted to the messages of the queue that the signature names, and to no other")
    func frames() throws {
        let presented = try present(try #require(signer.sign(try sampleGrant())))
        let own = try #require(QueueName("s1"))
        let other = try #require(QueueName("s2"))
        #expect(signer.admits(presented, "GET", messagesOf: own, at: beforeTheEnd))
        #expect(!signer.admits(presented, "DELETE", messagesOf: own, at: beforeTheEnd))
        #expect(!signer.admits(presented, "GET", messagesOf: other, at: beforeTheEnd))
    }

    @Test("a signature ends when it says, to the second")
    func end() throws {
        let presented = try present(try #require(signer.sign(try sampleGrant())))
        let end = try #require(Timestamp(iso8601: "2027-01-01T00:00:00"))
        let path = ["v2", "queues", "s1", "messages"]
        #expect(signer.admits(presented, "GET", path, at: Timestamp(milliseconds: end.milliseconds - 1)))
        #expect(!signer.admits(presented, "GET", path, at: end))
        #expect(!signer.admits(presented, "GET", path, at: end.adding(seconds: 86_400)))
    }

    @Test("a signature with more life before it than any may have is not admitted")
    func tooLong() throws {
        let presented = try present(try #require(signer.sign(try sampleGrant())))
        let path = ["v2", "queues", "s1", "messages"]
        let brief = URLSigner(key: "sekret", maximumSeconds: 3600)
        #expect(!brief.admits(presented, "GET", path, at: beforeTheEnd))
        let end = try #require(Timestamp(iso8601: "2027-01-01T00:00:00"))
        #expect(brief.admits(presented, "GET", path, at: end.adding(seconds: -3600)))
    }

    @Test("after a change of keys the new one signs, and both verify until the old one is dropped")
    func rotation() throws {
        let path = ["v2", "queues", "s1", "messages"]
        let old = try present(try #require(signer.sign(try sampleGrant())))
        let both = URLSigner(key: "next", previousKeys: ["oldest", "sekret"])
        let new = try present(try #require(both.sign(try sampleGrant())))
        #expect(new != old)
        #expect(both.admits(old, "GET", path, at: beforeTheEnd) && both.admits(new, "GET", path, at: beforeTheEnd))
        #expect(!signer.admits(new, "GET", path, at: beforeTheEnd))
        #expect(!URLSigner(key: "next").admits(old, "GET", path, at: beforeTheEnd))
    }

    @Test("without a key nothing is signed and nobody admitted")
    func noKey() throws {
        let presented = try present(try #require(signer.sign(try sampleGrant())))
        #expect(URLSigner.none.sign(try sampleGrant()) == nil)
        #expect(!URLSigner.none.admits(presented, "GET", ["v2", "queues", "s1", "messages"], at: beforeTheEnd))
        let retired = URLSigner(key: nil, previousKeys: ["sekret"])
        #expect(retired.sign(try sampleGrant()) == nil)
        #expect(retired.admits(presented, "GET", ["v2", "queues", "s1", "messages"], at: beforeTheEnd))
    }

    @Test("the headers that present a signature are admitted as they are")
    func headers() throws {
        let signature = try #require(signer.sign(try sampleGrant()))
        let headers = Dictionary(uniqueKeysWithValues: signature.headers.map { ($0.name, $0.value) })
        let presented = try #require(
            PresentedSignature(
                signature: headers["URL-Signature"] ?? "", pathList: headers["URL-Paths"] ?? "",
                methodList: headers["URL-Methods"] ?? "", project: headers["X-Project-ID"],
                expires: headers["URL-Expires"] ?? ""))
        #expect(signer.admits(presented, "GET", ["v2", "queues", "s1", "messages"], at: beforeTheEnd))
    }
}
