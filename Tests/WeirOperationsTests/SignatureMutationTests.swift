import TestSupport
import Testing
import WeirDomain
import WeirOperations

/// The headers of a signature as a request presents them, and changes of one of them.
struct Headers: Equatable {
    var fields = [
        "signature": sampleSignature, "expires": "2027-01-01T00:00:00", "methods": "GET,POST",
        "paths": "/v2/queues/s1/claims,/v2/queues/s1/messages", "project": "proj1",
    ]

    func isAdmitted(_ signer: URLSigner) -> Bool {
        let presented = PresentedSignature(
            signature: fields["signature"] ?? "", pathList: fields["paths"] ?? "", methodList: fields["methods"] ?? "",
            project: fields["project"], expires: fields["expires"] ?? "")
        guard let presented else { return false }
        return signer.admits(presented, "GET", ["v2", "queues", "s1", "messages"], at: beforeTheEnd)
    }

    /// The same in another order: lists have none.
    func means(_ other: Headers) -> Bool {
        func list(_ name: String, _ headers: Headers) -> [Substring] {
            (headers.fields[name] ?? "").split(separator: ",", omittingEmptySubsequences: false).sorted()
        }
        let isSame = ["signature", "expires", "project"].allSatisfy { fields[$0] == other.fields[$0] }
        return isSame && list("paths", self) == list("paths", other) && list("methods", self) == list("methods", other)
    }

    /// Changes one field: a character more, less or another, two swapped, a piece doubled, all of it gone, or
    /// something that would be worth a lot to a forger.
    mutating func mutate(using generator: inout SeededGenerator) {
        let name = fields.keys.sorted().randomElement(using: &generator) ?? ""
        var text = Array((fields[name] ?? "").unicodeScalars)
        let place = Int.random(in: 0..<text.count, using: &generator)
        let alphabet = Array(#"abcdef0123456789GETPOST/.-_:,*\n?%+ AZé\#u{0}\#u{FF0F}"#.unicodeScalars)
        let scalar = alphabet.randomElement(using: &generator) ?? "x"
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: text[place] = scalar
        case 1: text.insert(scalar, at: place)
        case 2: text.remove(at: place)
        case 3: text.swapAt(place, Int.random(in: 0..<text.count, using: &generator))
        case 4: text.insert(contentsOf: text[place...], at: place)
        case 5: text.removeSubrange(place...)
        case 6: text = Array(String(String.UnicodeScalarView(text)).uppercased().unicodeScalars)
        default: text += Array((forgeries[name]?.randomElement(using: &generator) ?? "").unicodeScalars)
        }
        fields[name] = String(String.UnicodeScalarView(text))
    }

    private var forgeries: [String: [String]] {
        [
            "signature": ["00", "\n", sampleSignature], "expires": ["Z", ".0", "+00:00", "9"],
            "methods": [",DELETE", ",", #"\nproj1"#], "paths": [",/v2/queues/s2/messages", "/", ",", ",/", #"\nGET"#],
            "project": ["x", #"\n2027-01-01T00:00:00"#, ","],
        ]
    }
}

@Suite("Changed signatures") struct SignatureMutationTests {
    private let signer = URLSigner(key: "sekret", previousKeys: ["older"])

    @Test("of 2,000 changes of one field none is admitted", arguments: [1, 2, 3, 4] as [UInt64])
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let original = Headers()
        #expect(original.isAdmitted(signer))
        var tried = 0
        while tried < 2000 {
            var changed = original
            changed.mutate(using: &generator)
            guard !changed.means(original) else { continue }
            tried += 1
            #expect(!changed.isAdmitted(signer), "\(changed.fields)")
        }
    }

    @Test("parts cannot be cut anew under one signature")
    func separators() throws {
        // Who owns the project `X\nvictim` cannot get a signature that reads as one for `victim`.
        #expect(
            URLGrant(
                paths: ["/v2/queues/q/messages"], methods: ["GET"], project: #"X\nvictim"#,
                expires: "2027-01-01T00:00:00") == nil)
        #expect(
            URLGrant(
                paths: [#"/v2/queues/q/messages\nGET"#], methods: ["GET"], project: "victim",
                expires: "2027-01-01T00:00:00") == nil)
        #expect(
            URLGrant(
                paths: ["/v2/queues/q/messages"], methods: ["GET", #"Z\nX"#], project: "victim",
                expires: "2027-01-01T00:00:00") == nil)
    }

    @Test("a list beyond its bounds is no list")
    func bounds() {
        let paths = (0...Limits.signedPaths).map { "/v2/queues/q\($0)/messages" }
        let long = "/" + String(repeating: "a", count: Limits.signedPathBytes)
        for list in [paths.joined(separator: ","), long, String(repeating: ",", count: 60_000), ""] {
            #expect(
                PresentedSignature(
                    signature: sampleSignature, pathList: list, methodList: "GET", project: "p",
                    expires: "2027-01-01T00:00:00") == nil)
        }
        let methods = Array(repeating: "GET", count: Limits.signedMethods + 1).joined(separator: ",")
        #expect(
            PresentedSignature(
                signature: sampleSignature, pathList: "/v2/queues/q/messages", methodList: methods, project: "p",
                expires: "2027-01-01T00:00:00") == nil)
    }
}
