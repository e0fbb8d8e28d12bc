/// Where a string stands in a document, and whether reading it needs any work.
package struct JSONStringToken: Hashable, Sendable {
    /// The bytes between the quotes, as they were sent.
    package let content: Range<Int>
    /// Whether there are escapes among them.
    package let hasEscapes: Bool
}

/// A number as it stands in a document.
package enum JSONNumberToken: Hashable, Sendable {
    /// Neither point nor exponent. `-0` is zero.
    case integer(Int64)
    /// With a point or an exponent; the range of its text. It may be beyond what a `Double` holds.
    case fraction(Range<Int>)
}

/// One of the three words of JSON.
package enum JSONLiteralToken: Hashable, Sendable {
    case null
    case bool(Bool)
}
