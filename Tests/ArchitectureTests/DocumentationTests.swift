import Testing

/// What has to have a doc comment in the domain and the ports: every type, method, computed property, subscript,
/// type alias and failable initialiser that other modules see, and every requirement of a protocol.
///
/// What need not, because there would be nothing to add: stored properties, whose type and name say it (those of
/// `Limits` carry their units); initialisers that take a value for each of them; and operators.
@Suite("Documentation") struct DocumentationTests {
    @Test(
        "all that other modules see of the domain and the ports says what it promises",
        arguments: ["WeirDomain", "WeirStorage"])
    func documented(module: String) {
        let files = SourceTree.sources.filter { $0.path.hasPrefix("Sources/\(module)/") }
        #expect(!files.isEmpty)
        #expect(files.flatMap(Self.undocumented) == [])
    }

    @Test("the rule finds what it is there for")
    func rule() {
        let file = SourceFile(
            path: "x.swift",
            text: """
                package struct A {
                    package let stored: Int
                    package static let limit = 1
                    package init(stored: Int) { self.stored = stored }
                    package init?(text: String) { nil }
                    package var computed: Int { 1 }
                    package var longer: Int {
                        1
                    }
                    package static func == (left: A, right: A) -> Bool { true }
                    package static func make() -> A { A(stored: 1) }
                    /// Says something.
                    package func documented() {}
                    /// Says something.
                    @discardableResult
                    package func attributed() {}
                    func hidden() {}
                }
                package protocol P {
                    func requirement()
                    /// Says something.
                    var documented: Int { get }
                }
                extension A {
                    func hidden() {}
                }
                """)
        #expect(
            Self.undocumented(in: file).map { $0.suffix(2) } == [":1", ":5", ":6", ":7", "11", "19", "20"])
    }

    private static func undocumented(in file: SourceFile) -> [String] {
        var isDocumented = false
        var isProtocol = false
        var found: [String] = []
        for (index, line) in file.lines.enumerated() {
            let words = line.split { $0 == " " || $0 == "(" || $0 == ":" }.map(String.init)
            guard let first = words.first, !first.hasPrefix("@") || words.count > 1 else { continue }
            if first.hasPrefix("///") {
                isDocumented = true
                continue
            }
            if line.hasPrefix("package protocol") { isProtocol = true }
            if line == "}" { isProtocol = false }
            let isRequirement = isProtocol && ["func", "var", "init", "subscript"].contains(first)
            let needsWords = isRequirement || first == "package" && needsDocumentation(words, line)
            if needsWords && !isDocumented { found.append("\(file.path):\(index + 1)") }
            isDocumented = false
        }
        return found
    }

    /// - Parameter words: A declaration that begins with `package`.
    private static func needsDocumentation(_ words: [String], _ line: Substring) -> Bool {
        let modifiers: Set<String> = ["package", "static", "final", "mutating", "indirect", "nonmutating"]
        guard let place = words.firstIndex(where: { !modifiers.contains($0) }) else { return false }
        switch words[place] {
        case "import", "let", "init": return false
        case "var": return line.contains("{")
        case "func":
            return words.count > place + 1 && words[place + 1].first.map { $0.isLetter || $0 == "_" } ?? true
        default: return true
        }
    }
}
