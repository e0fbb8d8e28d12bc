/// One life of a queue. Deleting a queue and creating it again gives a new life; a life is never reused,
/// so what a pool still holds of an earlier life can never be taken for the present one.
package struct QueueLife: Hashable, Comparable, Sendable {
    package let value: Int64

    package init(_ value: Int64) {
        self.value = value
    }

    /// A fresh life: 42 bits of milliseconds and 21 random bits, so that lives minted by nodes that share
    /// nothing still differ. The catalog refuses the rare equal pair and its caller mints again.
    package static func mint(at now: Timestamp, using generator: inout some RandomNumberGenerator) -> QueueLife {
        let time = now.milliseconds & ((1 << 42) - 1)
        return QueueLife(time << 21 | Int64.random(in: 0..<(1 << 21), using: &generator))
    }

    /// When it was minted, by the clock of the node that did.
    package var minted: Timestamp { Timestamp(milliseconds: value >> 21) }

    package static func < (left: QueueLife, right: QueueLife) -> Bool {
        left.value < right.value
    }
}

/// A number that grows each time a queue's route changes. A pool refuses operations that carry another one.
package struct Epoch: Hashable, Comparable, Sendable {
    package let value: Int64

    package init(_ value: Int64) {
        self.value = value
    }

    package static let first = Epoch(1)

    package static func < (left: Epoch, right: Epoch) -> Bool {
        left.value < right.value
    }
}

/// What every storage operation carries and every pool checks in the same atomic step: which life of the
/// queue is meant, and under which epoch the caller believes this pool to serve it.
package struct QueueRef: Hashable, Sendable {
    package let life: QueueLife
    package let epoch: Epoch

    package init(life: QueueLife, epoch: Epoch) {
        self.life = life
        self.epoch = epoch
    }
}
