/// The tenant. Everything but pools belongs to one; a project never sees another's data. Names that differ in a
/// byte are different projects, as they are to every store, even where Unicode calls them equivalent.
package struct ProjectID: Hashable, Sendable {
    package let value: String

    /// Nil if `value` is empty, longer than `Limits.projectCharacters`, or begins like a hidden project.
    package init?(_ value: String) {
        let isShort = value.utf8.count <= Limits.projectCharacters
        guard !value.isEmpty, isShort || value.unicodeScalars.count <= Limits.projectCharacters else { return nil }
        self.init(unchecked: value)
        if isHidden { return nil }
    }

    /// For names that follow the rules, or are hidden ones.
    init(unchecked value: String) {
        self.value = value
    }

    package static func == (left: ProjectID, right: ProjectID) -> Bool {
        left.value.utf8.elementsEqual(right.value.utf8)
    }

    /// Over the bytes, as `==` compares them.
    package func hash(into hasher: inout Hasher) {
        var value = value
        value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// The name of a queue: 1 to 64 characters out of `A-Z a-z 0-9 _ - .`
package struct QueueName: Hashable, Comparable, Sendable {
    package let value: String

    /// Nil if `value` breaks the rule.
    package init?(_ value: String) {
        let bytes = value.utf8
        guard (1...Limits.queueNameCharacters).contains(bytes.count) else { return nil }
        guard bytes.allSatisfy(Self.allows) else { return nil }
        self.value = value
    }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Byte order, the order of queue listings.
    package static func < (left: QueueName, right: QueueName) -> Bool {
        left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
    }
}

/// What an application calls a queue: its name within its project.
package struct QueueKey: Hashable, Sendable {
    package let project: ProjectID
    package let name: QueueName

    package init(project: ProjectID, name: QueueName) {
        self.project = project
        self.name = name
    }
}
