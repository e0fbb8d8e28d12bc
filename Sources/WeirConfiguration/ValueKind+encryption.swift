/// Keys that documentation shows, of this service and of the one whose options it has: everybody knows them.
private let sampleKeys: Set<String> = ["AES256", "RSA", "REPLACE-THIS-WITH-32-RANDOM-CHARACTERS"]

private func isSecret(_ key: String) -> Bool {
    !sampleKeys.contains(key.uppercased())
}

extension ValueKind where Value == String? {
    /// A key for message bodies; empty text is nil.
    static var encryptionKey: Self {
        let text = optionalText("a key of your own that no documentation shows, or empty")
        return ValueKind(
            expects: text.expects,
            accept: { raw in
                guard let key = text.accept(raw) else { return nil }
                return key.map(isSecret) ?? true ? .some(key) : nil
            },
            yaml: text.yaml)
    }
}

extension ValueKind where Value == [String] {
    /// Keys for message bodies.
    static var encryptionKeys: Self { list(of: "keys of your own", where: isSecret) }
}

extension ValueKind where Value == String {
    /// The one way to encrypt that there is.
    static var encryptionAlgorithm: Self {
        ValueKind(
            expects: "AES256, the only one there is",
            accept: { raw in raw.scalar.flatMap { $0.uppercased() == "AES256" ? "AES256" : nil } },
            yaml: yamlText)
    }
}
