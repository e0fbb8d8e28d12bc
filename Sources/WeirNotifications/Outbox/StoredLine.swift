internal import WeirDomain
internal import WeirJSON

/// The form of what this module stores: a JSON object on a line, and bytes behind it that are not read as JSON.
enum StoredLine {
    static func split(_ bytes: [UInt8]) -> (head: JSONObject, rest: ArraySlice<UInt8>)? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let value = try? JSONValue.parse(
            Array(bytes[..<end]), maximumDepth: Limits.jsonDepth, duplicates: .lastWins)
        return value?.objectValue.map { ($0, bytes[(end + 1)...]) }
    }

    /// The next so many bytes.
    static func take(_ count: JSONValue?, from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let count = count?.integerValue, count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }
}

extension Parcel {
    /// All but the payload, and how long that is.
    var head: JSONObject {
        var head: JSONObject = ["id": .string(id), "bytes": .integer(Int64(payload.count))]
        if isNotice { head["notice"] = true }
        if let letter {
            head["subject"] = .string(letter.subject)
            head["sender"] = .string(letter.sender)
        }
        return head
    }

    /// Reads back what `head` says, and takes the payload from `rest`.
    init?(_ head: JSONObject, _ rest: inout ArraySlice<UInt8>) {
        guard let id = head["id"]?.stringValue, let payload = StoredLine.take(head["bytes"], from: &rest) else {
            return nil
        }
        self.init(id: id, payload: payload)
        isNotice = head["notice"]?.boolValue ?? false
        if let subject = head["subject"]?.stringValue, let sender = head["sender"]?.stringValue {
            letter = Letter(subject: subject, sender: sender)
        }
    }
}
