internal import WeirJSON

/// The link to the next page: the parameters the client sent, in the endpoint's own order, and the new marker,
/// which stands where the client's stood, or last (API section 1.7).
struct PageLink {
    private let path: String
    private var parameters: [(name: String, value: String)] = []
    private var hasMarker = false

    init(path: String) {
        self.path = path
    }

    mutating func marker(in query: Query) {
        if query.text("marker") != nil { placeMarker() }
    }

    /// The marker stands here, unless it stands before.
    mutating func placeMarker() {
        guard !hasMarker else { return }
        hasMarker = true
        parameters.append(("marker", ""))
    }

    mutating func add(_ name: String, _ value: String?) {
        if let value { parameters.append((name, value)) }
    }

    mutating func add(_ name: String, _ value: Int?) {
        add(name, value.map { String($0) })
    }

    mutating func add(_ name: String, _ value: Bool?) {
        add(name, value.map { $0 ? "true" : "false" })
    }

    /// Appends the member `links`: with one link if there is a next page, otherwise empty.
    func append(marker: String?, to bytes: inout [UInt8]) {
        JSONWriter.append(name: "links", to: &bytes)
        guard let marker else {
            JSONWriter.append(literal: "[]", to: &bytes)
            return
        }
        var all = parameters
        if !hasMarker { all.append(("marker", "")) }
        let query = all.map { name, value in
            "\(Percent.encoded(name))=\(Percent.encoded(name == "marker" ? marker : value))"
        }
        JSONWriter.append(literal: "[{\"rel\":\"next\",\"href\":", to: &bytes)
        JSONWriter.append(string: "\(path)?\(query.joined(separator: "&"))", to: &bytes)
        JSONWriter.append(literal: "}]", to: &bytes)
    }
}
