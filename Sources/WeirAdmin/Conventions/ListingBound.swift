internal import ArgumentParser
internal import WeirBench

/// How much of a listing is wanted.
struct ListingBound: ParsableArguments {
    @Option(help: "At most so many (default: all).") var limit: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }
}

extension Server {
    /// Prints a listing page by page.
    func list(
        _ path: String, of member: String, _ bound: ListingBound, _ output: Output, _ columns: [Column]
    ) async throws(AdminFailure) {
        var listing = Listing(isJSON: output.isJSON, columns)
        var rest = bound.limit ?? .max
        try await pages(path, of: member) { (page) throws(AdminFailure) in
            listing.add(Array(page.prefix(rest)))
            rest -= min(rest, page.count)
            return rest > 0 && !StandardOutput.isBroken
        }
        listing.end(nothing: "no \(member)")
    }
}
