internal import WeirDomain
internal import WeirJSON

/// The headers or the body of a request, read by name and type. A member that is there but of another type is refused,
/// null too; members that are not asked for do not matter.
struct SocketFields {
    let text: [UInt8]
    /// Where it stands in the request; nil if the request has no such part.
    let whole: Range<Int>?
    /// `headers` or `body`, for sentences.
    private let part: String
    private let members: SocketMembers

    init(_ part: String, _ text: [UInt8], _ range: Range<Int>?) throws(SocketFault) {
        self.part = part
        self.text = text
        whole = range
        guard let range else {
            members = SocketMembers(text)
            return
        }
        guard text[range.lowerBound] == UInt8(ascii: "{") else { throw .schema("\(part): must be an object.") }
        members = try SocketFault.readable { () throws(JSONFault) in try SocketMembers(text, range) }
    }

    /// Where the member stands in the request.
    func range(_ name: String) -> Range<Int>? {
        members.range(name)
    }

    func value(_ name: String) throws(SocketFault) -> JSONValue? {
        try members.value(name)
    }

    func string(_ name: String) throws(SocketFault) -> String? {
        try read(name, "a string") { $0.stringValue }
    }

    func demandString(_ name: String) throws(SocketFault) -> String {
        guard let text = try string(name) else { throw .schema("\(part).\(name): is required.") }
        return text
    }

    func integer(_ name: String) throws(SocketFault) -> Int? {
        try read(name, "an integer") { $0.integerValue.map { Int($0) } }
    }

    func boolean(_ name: String) throws(SocketFault) -> Bool? {
        try read(name, "true or false") { $0.boolValue }
    }

    func object(_ name: String) throws(SocketFault) -> JSONObject? {
        try read(name, "an object") { $0.objectValue }
    }

    func strings(_ name: String) throws(SocketFault) -> [String]? {
        try read(name, "an array of strings") { value in
            guard let elements = value.arrayValue else { return nil }
            let texts = elements.compactMap(\.stringValue)
            return texts.count == elements.count ? texts : nil
        }
    }

    private func read<Value>(
        _ name: String, _ kind: String, _ convert: (JSONValue) -> Value?
    ) throws(SocketFault) -> Value? {
        guard let value = try members.value(name) else { return nil }
        guard let converted = convert(value) else { throw .schema("\(part).\(name): must be \(kind).") }
        return converted
    }
}
