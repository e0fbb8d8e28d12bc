internal import WeirDomain

/// What claims did to a message, as the scripts store it; `keys.lua` has the layout.
enum MessageState {
    private static let fixedBytes = 29

    static func read(_ state: [UInt8], into message: inout Message) {
        guard state.count >= fixedBytes else { return }
        if state[0] == 1 { message.claim = ClaimID(stored: state[5..<21]) }
        message.claimCount = Int(state[1]) | Int(state[2]) << 8 | Int(state[3]) << 16 | Int(state[4]) << 24
        message.claimedUntil = Timestamp(milliseconds: state.integer(21))
        guard state.count >= fixedBytes + 16 else { return }
        message.ttl = Int(state.integer(29))
        message.expires = Timestamp(milliseconds: state.integer(37))
    }

    /// The state of a message that another pool accepted; nil if its record says it all.
    static func state(of message: Message) -> [UInt8]? {
        let isExtended = message.expires != message.created.adding(seconds: message.ttl)
        guard message.claim != nil || message.claimCount > 0 || message.claimedUntil.milliseconds != 0 || isExtended
        else { return nil }
        var state: [UInt8] = [message.claim == nil ? 0 : 1]
        for shift in [0, 8, 16, 24] { state.append(UInt8(truncatingIfNeeded: message.claimCount >> shift)) }
        state += message.claim?.stored ?? [UInt8](repeating: 0, count: 16)
        state.append(message.claimedUntil.milliseconds)
        guard isExtended else { return state }
        state.append(Int64(message.ttl))
        state.append(message.expires.milliseconds)
        return state
    }
}
