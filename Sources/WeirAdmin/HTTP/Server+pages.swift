package import WeirJSON

extension Server {
    /// More pages than any listing has. A server that always names one more would keep a command busy for good.
    package static let mostPages = 10_000_000

    /// Every page of a listing, one after the other.
    ///
    /// - Parameters:
    ///   - member: The member of the answer that holds the items.
    ///   - most: Throws if there are more pages than this.
    ///   - each: Takes a page; false asks for no more.
    package func pages(
        _ path: String, of member: String, most: Int = mostPages,
        _ each: ([JSONObject]) async throws(AdminFailure) -> Bool
    ) async throws(AdminFailure) {
        var path = path
        // A page in the past, ever later ones: whoever walks in a circle meets it again, however long the circle is.
        var mark = path
        for number in 1...most {
            let page = try await object(path, with: member)
            let items = try page.items(member)
            guard !items.isEmpty else { return }
            guard try await each(items) else { return }
            guard let next = page["links"]?.arrayValue?.first?.objectValue?["href"]?.stringValue else { return }
            guard next != mark, next != path else {
                throw AdminFailure("the listing does not end: the server names \(next) again as the next page")
            }
            if number.nonzeroBitCount == 1 { mark = next }
            path = next
        }
        throw AdminFailure("the listing does not end: it has more than \(most) pages")
    }

    /// All items of a listing that an operator keeps small: pools and flavors.
    func all(_ path: String, of member: String) async throws(AdminFailure) -> [JSONObject] {
        var items: [JSONObject] = []
        try await pages(path, of: member, most: 100_000) { (page) throws(AdminFailure) in
            items += page
            return true
        }
        return items
    }
}
