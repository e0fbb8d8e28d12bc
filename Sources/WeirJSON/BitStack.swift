/// A stack of booleans that needs no memory of its own up to 64 of them.
struct BitStack {
    private(set) var count = 0
    /// The topmost bits, up to 64 of them; the top is the lowest.
    private var word: UInt64 = 0
    private var spilled: [UInt64] = []

    var isEmpty: Bool { count == 0 }

    /// Means nothing when the stack is empty.
    var top: Bool { word & 1 == 1 }

    mutating func push(_ bit: Bool) {
        if count > 0 && count & 63 == 0 { spilled.append(word) }
        word = word << 1 | (bit ? 1 : 0)
        count += 1
    }

    /// Does nothing when the stack is empty.
    mutating func pop() {
        guard count > 0 else { return }
        count -= 1
        word >>= 1
        if count & 63 == 0, let earlier = spilled.popLast() { word = earlier }
    }
}
