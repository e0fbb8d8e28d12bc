/// The members of a JSON object, in order. Names are unique, compared byte for byte. Looking up, setting and
/// removing take the same time however many members there are.
package struct JSONObject: Sendable {
    package typealias Member = (name: String, value: JSONValue)

    /// In order; nil where a member was removed.
    private var slots: [Member?] = []
    /// Where each name's slot is. Kept from `indexedFrom` slots on: for fewer, looking at each is faster.
    private var index: [ExactText: Int] = [:]
    /// Members, without the removed ones.
    package private(set) var count = 0

    private static let indexedFrom = 9

    package init() {}

    /// Of members with the same name, the place of the first and the value of the last remain.
    package init(_ members: some Sequence<(String, JSONValue)>) {
        for (name, value) in members { set(name, to: value) }
    }

    package var isEmpty: Bool { count == 0 }

    /// The names in order.
    package var names: [String] { map(\.name) }

    /// The value of a member. Setting an existing one keeps its place, a new one goes last; setting nil
    /// removes it. JSON's null is `.null`.
    package subscript(name: String) -> JSONValue? {
        get {
            slot(of: name).flatMap { slots[$0]?.value }
        }
        set {
            if let newValue { set(name, to: newValue) } else { remove(name) }
        }
    }

    /// Sets a member and returns the value it had.
    @discardableResult
    package mutating func set(_ name: String, to value: JSONValue) -> JSONValue? {
        if let slot = slot(of: name) {
            let earlier = slots[slot]?.value
            slots[slot] = (name, value)
            return earlier
        }
        slots.append((name, value))
        count += 1
        if slots.count == Self.indexedFrom { rebuildIndex() }
        if slots.count > Self.indexedFrom { index[ExactText(name)] = slots.count - 1 }
        return nil
    }

    /// Removes a member, if it is there, and returns the value it had.
    @discardableResult
    package mutating func remove(_ name: String) -> JSONValue? {
        guard let slot = slot(of: name) else { return nil }
        let earlier = slots[slot]?.value
        slots[slot] = nil
        index[ExactText(name)] = nil
        count -= 1
        // Closing each gap at once would make removing many members slow.
        if count * 2 < slots.count {
            slots.removeAll { $0 == nil }
            rebuildIndex()
        }
        return earlier
    }

    private func slot(of name: String) -> Int? {
        let name = ExactText(name)
        guard slots.count < Self.indexedFrom else { return index[name] }
        return slots.firstIndex { slot in slot.map { ExactText($0.name) == name } ?? false }
    }

    private mutating func rebuildIndex() {
        index.removeAll(keepingCapacity: true)
        guard slots.count >= Self.indexedFrom else { return }
        for (position, slot) in slots.enumerated() {
            if let slot { index[ExactText(slot.name)] = position }
        }
    }
}

extension JSONObject: Sequence {
    /// Goes through the members in order.
    package struct Iterator: IteratorProtocol {
        fileprivate var slots: IndexingIterator<[Member?]>

        package mutating func next() -> Member? {
            while let slot = slots.next() {
                if let slot { return slot }
            }
            return nil
        }
    }

    package func makeIterator() -> Iterator {
        Iterator(slots: slots.makeIterator())
    }

    package var underestimatedCount: Int { count }
}

extension JSONObject: Hashable {
    /// The order of members does not matter.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.name] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var members = 0
        for (name, value) in self {
            var member = Hasher()
            member.combine(ExactText(name))
            member.combine(value)
            // Adding forgets the order, as equality does.
            members &+= member.finalize()
        }
        hasher.combine(members)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self.init(members)
    }
}
