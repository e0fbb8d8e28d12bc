internal import WeirDomain

/// A page of a listing. `next` is the marker of the page after it, nil exactly if this page is empty.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let next: String?

    init(_ items: [Item], marker: (Item) -> String) {
        self.items = items
        next = items.last.map(marker)
    }
}

extension Operations {
    /// The page size for a request that asks for `limit`.
    func pageSize(_ limit: Int?, maximum: Int) throws(OperationError) -> Int {
        guard let limit else { return min(Limits.defaultPageSize, maximum) }
        guard (1...maximum).contains(limit) else {
            throw .invalidRequest("limit: \(limit) is out of range; it may be 1 to \(maximum).")
        }
        return limit
    }
}
