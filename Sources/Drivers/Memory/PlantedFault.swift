/// A rule of moves that a memory pool is made to break, to see whether a simulation notices.
package enum PlantedFault: String, CaseIterable, Sendable {
    /// Operations do not look at the fence (rule R1).
    case fenceNotChecked
    /// Messages go without a mark (rule R2).
    case deletionsNotMarked
    /// Receipts of posts come without a mark (rule R2).
    case receiptsNotMarked
    /// Reading the marks removes them (rule R3).
    case marksClearedWhenRead
    /// A fence ends 300 ms after an operation first met it (rule R5).
    case fenceExpires
    /// Whoever imports may do so (rule R6).
    case importTurnNotChecked
    /// The sequence goes on behind what the shadow holds, not behind what the source gave out (rule R8).
    case sequenceNotCarried
    /// A fence replaces a later one, and turns that were told to lift theirs may fence again (rule R9).
    case fenceNotMonotonic
    /// Any fence is lifted, whoever asks (rule R10).
    case unfenceUnconditional
}
