internal import ArgumentParser
internal import WeirJSON

/// Options that are JSON text.
enum JSONOption {
    /// The object that the text is. Throws `ValidationError`, which names the option, for anything else.
    static func object(_ text: String, of option: String) throws -> JSONObject {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue.parse(text.utf8, duplicates: .refuse)
        } catch {
            throw ValidationError("\(option): \(error.description)")
        }
        guard let object = value.objectValue else { throw ValidationError("\(option) must be a JSON object.") }
        return object
    }
}
