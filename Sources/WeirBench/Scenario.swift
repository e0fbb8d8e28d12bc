/// One kind of load.
package enum Scenario: String, Sendable, CaseIterable {
    /// Posts one message a request.
    case postOne = "post-1"

    /// Posts ten messages a request.
    case postTen = "post-10"

    /// Claims messages and deletes them by their ids, posting new ones whenever a claim comes back empty.
    case claimDelete = "claim-delete"

    /// Posts ten messages, claims as many and deletes them one by one.
    case cycle

    /// Lists the first page of a queue again and again.
    case list
}
