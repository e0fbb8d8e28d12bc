/// Numbers that a server names may be any.
extension Int64 {
    /// The sum, or the largest or smallest number there is if it would be beyond; nothing is 0.
    func sum(_ other: Int64?) -> Int64 {
        let (sum, isBeyond) = addingReportingOverflow(other ?? 0)
        return isBeyond ? (self < 0 ? .min : .max) : sum
    }
}
