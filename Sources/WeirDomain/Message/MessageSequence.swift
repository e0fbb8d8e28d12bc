/// The 64-bit number a pool gives a message when it accepts it: strictly increasing within a queue, never
/// reused, kept by a migration. It is the order of listings and claims, and the paging marker.
package struct MessageSequence: Hashable, Comparable, Sendable {
    package let value: Int64

    package init(_ value: Int64) {
        self.value = value
    }

    /// Before every message: listing after it starts at the beginning.
    package static let start = MessageSequence(0)

    package static func < (left: MessageSequence, right: MessageSequence) -> Bool {
        left.value < right.value
    }
}
