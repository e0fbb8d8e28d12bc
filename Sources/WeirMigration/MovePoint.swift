/// Points of a move at which tests stop, freeze or kill a node. Each is reached just after what its name says.
package enum MovePoint: String, Sendable, CaseIterable {
    case takenOver = "taken_over"
    case copyBegun = "copy_begun"
    case captureBegun = "capture_begun"
    case shadowOpened = "shadow_opened"
    case claimsCopied = "claims_copied"
    case pageRead = "page_read"
    case pageCopied = "page_copied"
    case copyFinished = "copy_finished"
    case changesRead = "changes_read"
    case changesCarriedOver = "changes_carried_over"
    case changesCleared = "changes_cleared"
    case pageCompared = "page_compared"
    case verified
    case cutoverBegun = "cutover_begun"
    case fenced
    case drained
    case sourceCounted = "source_counted"
    case finalised
    case targetCounted = "target_counted"
    case routeSwitched = "route_switched"
    case sourceMarked = "source_marked"
    case cleaningBegun = "cleaning_begun"
    case captureEnded = "capture_ended"
    case sourceCleared = "source_cleared"
    case ended
    case cutoverAborted = "cutover_aborted"
    case fenceLifted = "fence_lifted"
    case undone
}
