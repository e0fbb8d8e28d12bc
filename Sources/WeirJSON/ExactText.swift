/// A string compared by its bytes. Swift's own comparison takes `é` in one code point and `é` in two for
/// the same; in JSON they are different names.
struct ExactText: Hashable, Sendable {
    let value: String

    init(_ value: String) {
        self.value = value
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.value.utf8.elementsEqual(right.value.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var copy = value
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Keeps a text and the one after it apart from the same bytes split elsewhere.
        hasher.combine(UInt8.max)
    }
}
