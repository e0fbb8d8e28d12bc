extension JSONScanner {
    /// The text of a string this scanner took. A Swift string cannot hold half a surrogate pair; U+FFFD
    /// takes its place.
    package func string(_ token: JSONStringToken) -> String {
        let content = slice(token.content)
        guard token.hasEscapes else { return String(decoding: content, as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(content.count)
        for codePoint in CodePoints(content) {
            UTF8Sequence.append(CodePoints.isSurrogate(codePoint) ? 0xFFFD : codePoint, to: &decoded)
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Bytes that are equal for two strings exactly if their texts are equal, however they were escaped.
    /// They are the UTF-8 of the text, unless it holds lone surrogates.
    package func identity(of token: JSONStringToken) -> [UInt8] {
        let content = slice(token.content)
        guard token.hasEscapes else { return Array(content) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(content.count)
        for codePoint in CodePoints(content) {
            UTF8Sequence.append(codePoint, to: &decoded)
        }
        return decoded
    }

    /// Whether the text of a string this scanner took is `word`, however it was escaped.
    package func matches(_ token: JSONStringToken, _ word: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard !token.hasEscapes else { return identity(of: token).elementsEqual(expected) }
        guard token.content.count == expected.count else { return false }
        for index in 0..<expected.count where text.bytes[token.content.lowerBound + index] != expected[index]
        {
            return false
        }
        return true
    }

    /// The bytes of the document in `range`, which must have come from this scanner.
    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text.bytes[range])
    }

    /// Reads a whole document with `read`, which takes its outermost value, and demands that nothing
    /// follows. Ranges count from the first byte. Bytes that do not lie in one piece are copied first.
    @inline(__always)
    package static func document<Value>(
        _ bytes: some Collection<UInt8>, maximumDepth: Int,
        read: (inout JSONScanner) throws(JSONFault) -> Value
    ) throws(JSONFault) -> Value {
        func whole(_ buffer: UnsafeBufferPointer<UInt8>) -> Result<Value, JSONFault> {
            do throws(JSONFault) {
                var scanner = JSONScanner(buffer, maximumDepth: maximumDepth)
                let value = try read(&scanner)
                try scanner.finish()
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        let result =
            bytes.withContiguousStorageIfAvailable(whole) ?? Array(bytes).withUnsafeBufferPointer(whole)
        return try result.get()
    }

    /// Throws unless `bytes` are one JSON value of any kind and nothing else. Returns where it lies, without
    /// blanks around it.
    @discardableResult
    package static func validate(
        _ bytes: some Collection<UInt8>, maximumDepth: Int
    ) throws(JSONFault) -> Range<Int> {
        try document(bytes, maximumDepth: maximumDepth) { (scanner) throws(JSONFault) in
            try scanner.skipValue()
        }
    }
}
