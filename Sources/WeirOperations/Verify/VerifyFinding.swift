package import WeirDomain
internal import WeirStorage

/// Something about which the catalog and the pools, or a pool and itself, do not agree.
package struct VerifyFinding: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// The route of a queue names a pool that is not registered.
        case unknownPool = "unknown_pool"
        /// A pool did not do what it was asked. Nothing more was asked of it.
        case unreachable
        /// The pool that the route names serves the queue under another epoch.
        case wrongEpoch = "wrong_epoch"
        /// The pool that the route names refuses the queue.
        case notServed = "not_served"
        /// The pool that the route names knows nothing of the queue, and another one serves it.
        case wrongPool = "wrong_pool"
        /// Several pools serve the same queue.
        case doubleMapping = "double_mapping"
        /// A pool holds what no queue and no migration knows of.
        case orphan
        /// Something is left of a migration that is over.
        case leftover
        /// These three are what a pool says of itself: see `PoolFinding.Kind`.
        case wrongCount = "wrong_count"
        case claimWithoutRecord = "claim_without_record"
        case wrongIndex = "wrong_index"
    }

    package let kind: Kind
    /// The name of the pool.
    package let pool: String
    /// Nil where only the life is known.
    package var key: QueueKey?
    /// Nil where it is about the pool alone.
    package var life: QueueLife?
    /// A sentence.
    package let detail: String
    /// Whether it is mended now.
    package var isRepaired = false

    init(_ kind: Kind, _ pool: String, key: QueueKey? = nil, life: QueueLife? = nil, _ detail: String) {
        self.kind = kind
        self.pool = pool
        self.key = key
        self.life = life
        self.detail = detail
    }

    /// About the queue of this record, in the pool of its route.
    init(_ kind: Kind, _ record: QueueRecord, _ detail: String) {
        self.init(kind, record.pool, key: record.key, life: record.life, detail)
    }

    /// What the pool of its route says about the queue.
    init(_ found: PoolFinding, _ record: QueueRecord) {
        self.init(Kind(found.kind), record, found.detail)
        isRepaired = found.isRepaired
    }
}

extension VerifyFinding.Kind {
    fileprivate init(_ kind: PoolFinding.Kind) {
        self =
            switch kind {
            case .wrongCount: .wrongCount
            case .claimWithoutRecord: .claimWithoutRecord
            case .wrongIndex: .wrongIndex
            }
    }
}
