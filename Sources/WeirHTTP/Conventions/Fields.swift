internal import WeirJSON

extension JSONObject {
    /// An integer member; nil if it is absent. An explicit null is not absence.
    func integer(_ name: String) throws(Fault) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.integerValue else {
            throw .invalidBody("\(name): must be an integer.")
        }
        return Int(number)
    }

    func string(_ name: String, characters limit: Int) throws(Fault) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.stringValue else { throw .invalidBody("\(name): must be a string.") }
        guard text.count <= limit else {
            throw .invalidBody("\(name): has \(text.count) characters; at most \(limit) are allowed.")
        }
        return text
    }

    func object(_ name: String) throws(Fault) -> JSONObject? {
        guard let value = self[name] else { return nil }
        guard let object = value.objectValue else { throw .invalidBody("\(name): must be an object.") }
        return object
    }

    func strings(_ name: String) throws(Fault) -> [String]? {
        guard let value = self[name] else { return nil }
        guard let elements = value.arrayValue else { throw .invalidBody("\(name): must be an array of strings.") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw .invalidBody("\(name): must be an array of strings.") }
            texts.append(text)
        }
        return texts
    }

    /// - Throws: if there are other members than these.
    func demandOnly(_ names: [String]) throws(Fault) {
        for (name, _) in self where !names.contains(name) {
            throw .invalidBody(
                "\(name.prefix(64)): is not a member of this resource; known are \(names.joined(separator: ", ")).")
        }
    }
}
