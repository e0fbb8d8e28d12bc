/// The one of `names` that takes the fewest edits to become `name`, for "did you mean"; ties go to the first.
/// A name that differs only in the group in front of it counts as near.
package func nearest(to name: String, among names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in names {
        let distance = editsAcrossGroups(name, candidate)
        if distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.name
}

private func editsAcrossGroups(_ left: String, _ right: String) -> Int {
    let whole = edits(left, right)
    guard let leftKey = left.split(separator: ".").last, let rightKey = right.split(separator: ".").last
    else { return whole }
    return min(whole, edits(String(leftKey), String(rightKey)) + 1)
}

/// Levenshtein's distance over bytes. Only the first 128 bytes count, which bounds the work.
func edits(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().utf8.prefix(128))
    let right = Array(right.lowercased().utf8.prefix(128))
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let replaced = diagonal + (byte == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
