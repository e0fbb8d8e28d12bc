/// Finds the ids, or the addresses, of the messages in the answer to a list or a claim, without building a JSON tree.
package enum MessageIDScanner {
    /// The answer is an object, in it an array, in it the messages.
    static let messageDepth = 3

    /// Calls `visit` with the bytes of each `id`, or another `member`, of `{"messages": [{"id": "…"}]}`, in order;
    /// returns how many there were. Those inside message bodies are not taken. Bytes that are not JSON give
    /// whatever was found before they went wrong.
    @discardableResult
    package static func scan(
        _ json: [UInt8], for member: StaticString = "id", visit: (UnsafeRawBufferPointer) -> Void
    ) -> Int {
        var found = 0
        JSONStrings.walk(json) { event in
            guard case .value(let text, let key?, Self.messageDepth) = event, key.equals(member) else { return }
            visit(text)
            found += 1
        }
        return found
    }
}
