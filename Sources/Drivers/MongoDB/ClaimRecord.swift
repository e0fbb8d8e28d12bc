internal import MongoEngine
internal import WeirDomain

/// What a pool remembers of a claim besides the marks on its messages.
struct ClaimRecord {
    var ttl: Int
    var renewed: Int64
    /// The first instant at which it no longer holds.
    var expires: Int64
    /// The last sequences of the blocks with messages of it.
    var blocks: [Int64]

    init(ttl: Int, from now: Timestamp) {
        self.ttl = ttl
        renewed = now.milliseconds
        expires = now.adding(seconds: ttl).milliseconds
        blocks = []
    }

    init(_ claim: MovedClaim, blocks: [Int64]) {
        ttl = claim.ttl
        renewed = claim.renewed.milliseconds
        expires = claim.until.milliseconds
        self.blocks = blocks
    }

    init(_ document: BSONDocument) {
        ttl = Int(document.integer("t") ?? 0)
        renewed = document.integer("n") ?? 0
        expires = document.integer("x") ?? 0
        blocks = document.array("b").compactMap { if case .int64(let last) = $0 { last } else { nil } }
    }

    func isLive(at now: Timestamp) -> Bool {
        expires > now.milliseconds
    }

    /// As it goes to another pool.
    func moved(_ id: ClaimID, holding messages: [Int64]) -> MovedClaim {
        MovedClaim(
            id: id, ttl: ttl, renewed: Timestamp(milliseconds: renewed), until: Timestamp(milliseconds: expires),
            messages: messages.sorted().map { MessageSequence($0) })
    }

    /// The document, without its key.
    func write(to document: inout BSONWriter) {
        document.int64("t", Int64(ttl))
        document.int64("n", renewed)
        document.int64("x", expires)
        document.array("b", blocks) { $0.int64($1, $2) }
    }
}
