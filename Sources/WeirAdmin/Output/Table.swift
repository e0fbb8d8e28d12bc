package import WeirJSON

/// A column of a listing.
package struct Column: Sendable {
    let title: String
    let isNumber: Bool
    let cell: @Sendable (JSONObject) -> String

    /// A member of each item, in at most `width` characters.
    package init(_ title: String, _ member: String, isNumber: Bool = false, width: Int = 120) {
        self.title = title
        self.isNumber = isNumber
        cell = { Printable.cut(Printable.cell($0[member]), to: width) }
    }

    /// A member that is a share of 1, in percent.
    package static func share(_ title: String, _ member: String) -> Column {
        Column(title, isNumber: true) { item in
            guard case .number(let text)? = item[member], let share = Double(text) else { return "-" }
            return Printable.percent(share)
        }
    }

    /// A cell of its own making.
    init(_ title: String, isNumber: Bool = false, _ cell: @escaping @Sendable (JSONObject) -> String) {
        self.title = title
        self.isNumber = isNumber
        self.cell = cell
    }
}

/// Lines with aligned columns. Items come page by page, so a listing of any length needs the memory of one page;
/// a later page may make a column wider, never narrower.
package struct Table {
    private let columns: [Column]
    private var widths: [Int]
    private var hasHeading = false

    package init(_ columns: [Column]) {
        self.columns = columns
        widths = columns.map(\.title.count)
    }

    /// The lines for some more items, the first time with the heading.
    package mutating func lines(_ items: [JSONObject]) -> String {
        let rows = items.map { item in columns.map { $0.cell(item) } }
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        let heading = hasHeading ? [] : [columns.map(\.title)]
        hasHeading = true
        return (heading + rows).map(line).joined()
    }

    private func line(_ cells: [String]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let blanks = String(repeating: " ", count: widths[index] - cell.count)
            line += (index == 0 ? "" : "  ") + (columns[index].isNumber ? blanks + cell : cell + blanks)
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    /// One object: a line a member. Members of members are named with a dot, items of lists with their number.
    package static func lines(of object: JSONObject) -> String {
        var rows: [(name: String, cell: String)] = []
        for (name, value) in object { add(name, value, depth: 0, to: &rows) }
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { name, cell in
            name + String(repeating: " ", count: width - name.count + 2) + cell + "\n"
        }.joined()
    }

    private static func add(
        _ name: String, _ value: JSONValue, depth: Int, to rows: inout [(name: String, cell: String)]
    ) {
        // A message body is one thing, however it is made.
        let isWhole = depth == deepest || name == "body"
        switch value {
        case .object(let members) where !members.isEmpty && !isWhole:
            for (inner, value) in members { add("\(name).\(inner)", value, depth: depth + 1, to: &rows) }
        case .array(let items) where items.contains { $0.objectValue != nil } && !isWhole:
            for (index, item) in items.enumerated() {
                add("\(name).\(index + 1)", item, depth: deepest, to: &rows)
            }
        default: rows.append((Printable.line(name), Printable.cell(value)))
        }
    }

    private static let deepest = 3
}
