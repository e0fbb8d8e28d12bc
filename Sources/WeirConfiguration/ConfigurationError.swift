/// Why a configuration cannot be used: one sentence that names the source (`--listen`, `WEIR_LISTEN`, or the
/// file with the key and line), what was wrong, and what would be right. It never shows a secret value.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The sentence, on one line and without a final full stop.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
