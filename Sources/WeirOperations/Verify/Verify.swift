internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// What one step of a verification has found.
package struct VerifyAnswer: Sendable {
    package let findings: [VerifyFinding]
    /// Queues of the catalog that were looked at in this step.
    package let queues: Int
    /// Lives in pools that were.
    package let lives: Int
    /// What the next step begins with; nil after the last.
    package let cursor: String?
}

extension Operations {
    /// Compares the catalog and the pools for about a second, or for as long as one queue takes, and says where to go
    /// on. Whatever is created, deleted or moved meanwhile is no finding.
    /// - Parameters:
    ///   - isRepairing: Whether what can be mended without a doubt is: what a pool keeps about its queues, what is left
    ///     of migrations that are over, and what no queue has.
    ///   - cursor: Nil at first, then what the step before gave.
    package func verify(isRepairing: Bool, after cursor: String?) async throws(OperationError) -> VerifyAnswer {
        var place = VerifyCursor.start
        if let cursor {
            guard let read = VerifyCursor(cursor) else { throw .invalidBody("cursor: is none that an answer gave.") }
            place = read
        }
        try await operation(try await catalog.pools.followNews())
        var verification = Verification(self, isRepairing: isRepairing, away: place.away)
        let next = try await verification.walk(from: place.place)
        let end = next.map { VerifyCursor(place: $0, away: verification.away).text }
        return VerifyAnswer(
            findings: verification.findings, queues: verification.queues, lives: verification.lives, cursor: end)
    }
}
