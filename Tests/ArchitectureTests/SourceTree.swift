import Foundation

/// A Swift file of the checkout.
struct SourceFile: Sendable {
    /// From the top of the checkout: `Sources/WeirDomain/Limits.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Numbered lines without comments, and without those inside string literals of several lines.
    var code: [(number: Int, text: Substring)] {
        var isLiteral = false
        var code: [(number: Int, text: Substring)] = []
        for (index, line) in lines.enumerated() {
            let wasLiteral = isLiteral
            if line.components(separatedBy: "\"\"\"").count.isMultiple(of: 2) { isLiteral.toggle() }
            guard !wasLiteral else { continue }
            let bare = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
            if !bare.allSatisfy(\.isWhitespace) { code.append((index + 1, bare)) }
        }
        return code
    }

    /// The modules that it imports.
    var imports: [String] {
        code.compactMap { line in
            let words = line.text.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(Self.isImportWord)
            else {
                return nil
            }
            return words.last.map { String($0.prefix { $0 != "." }) }
        }
    }

    private static func isImportWord(_ word: Substring) -> Bool {
        ["package", "internal", "private", "fileprivate", "public"].contains(word) || word.hasPrefix("@")
    }
}

/// The checkout that this test was built from.
enum SourceTree {
    static let top = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let sources = files(below: "Sources")
    static let tests = files(below: "Tests")

    static func text(of path: String) throws -> String {
        try String(contentsOf: top.appendingPathComponent(path), encoding: .utf8)
    }

    /// The folders of this folder.
    static func folders(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: top.appendingPathComponent(path), includingPropertiesForKeys: [.isDirectoryKey]
        ).filter { (try? $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true }
            .map(\.lastPathComponent).sorted()
    }

    private static func files(below folder: String) -> [SourceFile] {
        let root = top.appendingPathComponent(folder)
        let found = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return found.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.sorted().compactMap {
            name in
            guard let text = try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
            else {
                return nil
            }
            return SourceFile(path: "\(folder)/\(name)", text: text)
        }
    }
}
