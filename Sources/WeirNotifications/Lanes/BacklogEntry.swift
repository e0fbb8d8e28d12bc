internal import WeirDomain
internal import WeirJSON

/// A parcel that was not delivered, as a backlog or a list of failures keeps it.
package struct BacklogEntry: Hashable, Sendable {
    package var parcel: Parcel
    /// Attempts that failed.
    package var failures = 0
    /// Why the last attempt failed, and what the subscriber answered, if it did.
    package var reason: String?
    package var status: Int?

    package init(_ parcel: Parcel, failures: Int = 0, reason: String? = nil, status: Int? = nil) {
        self.parcel = parcel
        self.failures = failures
        self.reason = reason
        self.status = status
    }

    package var bytes: [UInt8] {
        var head = parcel.head
        head["failures"] = .integer(Int64(failures))
        if let reason { head["reason"] = .string(reason) }
        if let status { head["status"] = .integer(Int64(status)) }
        return JSONValue.object(head).bytes + [UInt8(ascii: "\n")] + parcel.payload
    }

    /// Reads back what `bytes` wrote; nil for what it cannot have written.
    package init?(_ bytes: [UInt8]) {
        guard let (head, rest) = StoredLine.split(bytes), let failures = head["failures"]?.integerValue else {
            return nil
        }
        var payload = rest
        guard let parcel = Parcel(head, &payload) else { return nil }
        self.init(
            parcel, failures: Int(failures), reason: head["reason"]?.stringValue,
            status: head["status"]?.integerValue.map { Int($0) })
    }
}
