internal import WeirJSON

/// What a command prints: JSON with `--json`, otherwise tables and sentences.
struct Output {
    let isJSON: Bool

    /// What was done.
    ///
    /// - Parameters:
    ///   - sentence: For people.
    ///   - object: For programs.
    func done(_ sentence: String, _ object: JSONObject) {
        Terminal.write(isJSON ? Self.text(.object(object)) : Printable.line(sentence) + "\n")
    }

    /// One thing.
    func show(_ object: JSONObject) {
        Terminal.write(isJSON ? Self.text(.object(object)) : Table.lines(of: object))
    }

    /// A listing that is at hand.
    func list(_ items: [JSONObject], _ columns: [Column], nothing: String) {
        var list = Listing(isJSON: isJSON, columns)
        list.add(items)
        list.end(nothing: nothing)
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.bytes, as: UTF8.self) + "\n"
    }
}

/// A listing that is printed page by page: a JSON array with an item a line, or a table.
struct Listing {
    private let isJSON: Bool
    private var table: Table
    private var isEmpty = true

    init(isJSON: Bool, _ columns: [Column]) {
        self.isJSON = isJSON
        table = Table(columns)
    }

    mutating func add(_ items: [JSONObject]) {
        guard !items.isEmpty else { return }
        if isJSON {
            let lines = items.map { String(decoding: JSONValue.object($0).bytes, as: UTF8.self) }
            Terminal.write((isEmpty ? "[\n" : ",\n") + lines.joined(separator: ",\n"))
        } else {
            Terminal.write(table.lines(items))
        }
        isEmpty = false
    }

    /// - Parameter nothing: What people read if there was no item.
    func end(nothing: String) {
        switch (isJSON, isEmpty) {
        case (true, true): Terminal.write("[]\n")
        case (true, false): Terminal.write("\n]\n")
        case (false, true): Terminal.write(nothing + "\n")
        case (false, false): break
        }
    }
}
