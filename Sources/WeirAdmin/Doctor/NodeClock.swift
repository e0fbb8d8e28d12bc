/// How far a node's clock is from that of the machine that asked it, as well as its answer tells.
package struct NodeClock {
    /// How far clocks may be apart.
    package static let largestSkewSeconds: Int64 = 2

    /// Its address.
    package let node: String
    /// Milliseconds by which it is ahead, at the least and at the most; the same scale for all that one machine has asked.
    package let ahead: ClosedRange<Int64>

    /// - Parameters:
    ///   - second: What the node's clock said, in seconds since 1970: it was somewhere within that second.
    ///   - asked: The asking machine's clock before and after, in milliseconds since whenever.
    package init(node: String, second: Int64, asked: ClosedRange<Int64>) {
        self.node = node
        let shown = second * 1000...second * 1000 + 999
        ahead = shown.lowerBound - asked.upperBound...shown.upperBound - asked.lowerBound
    }
}
