/// A signature and the grant it is said to be for, as a request presents them. Nothing about it is checked but its form.
package struct PresentedSignature: Hashable, Sendable {
    package let grant: URLGrant
    /// HMAC-SHA256.
    package let code: [UInt8]

    /// Nil if any part does not have its form.
    ///
    /// - Parameter signature: 64 hexadecimal digits in lower case.
    package init?(signature: String, paths: [String], methods: [String], project: String?, expires: String) {
        guard let code = Self.bytes(signature),
            let grant = URLGrant(paths: paths, methods: methods, project: project, expires: expires)
        else { return nil }
        self.grant = grant
        self.code = code
    }

    /// From lists as headers carry them: separated by commas. Their length is looked at before they are split.
    package init?(signature: String, pathList: String, methodList: String, project: String?, expires: String) {
        guard let paths = Self.list(pathList, Limits.signedPaths * (Limits.signedPathBytes + 1)),
            let methods = Self.list(methodList, Limits.signedMethods * (Limits.signedMethodBytes + 1))
        else { return nil }
        self.init(signature: signature, paths: paths, methods: methods, project: project, expires: expires)
    }

    private static func list(_ text: String, _ longest: Int) -> [String]? {
        guard text.utf8.count <= longest else { return nil }
        return text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8]? {
        guard hexadecimal.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for character in hexadecimal.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
