/// A name that equals only itself byte for byte, as stores compare names; a `String` equals all that Unicode calls
/// equivalent.
struct ExactName: Hashable {
    private let bytes: [UInt8]

    init(_ name: String) {
        bytes = Array(name.utf8)
    }
}
