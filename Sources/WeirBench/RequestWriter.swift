package import NIOCore

/// Writes the bytes of requests that differ only in method, path and body: one writer a connection.
package struct RequestWriter: Sendable {
    private let commonHeaders: String

    /// - Parameters:
    ///   - authority: the value of `Host`.
    ///   - project: the value of `X-Project-ID`; must hold no control characters.
    ///   - clientID: the value of `Client-ID`.
    package init(authority: String, project: String, clientID: String) {
        commonHeaders = "Host: \(authority)\r\nClient-ID: \(clientID)\r\nX-Project-ID: \(project)\r\n"
    }

    /// A whole request. A body goes with its Content-Type and Content-Length.
    package func request(_ method: String, _ path: String, body: String? = nil) -> ByteBuffer {
        var head = "\(method) \(path) HTTP/1.1\r\n\(commonHeaders)"
        if let body {
            head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        }
        return ByteBuffer(string: head + "\r\n" + (body ?? ""))
    }

    /// What follows the path in a request without a body, for paths that are written byte by byte.
    package var tailWithoutBody: String { " HTTP/1.1\r\n\(commonHeaders)\r\n" }
}

/// A random UUID in the spelling with dashes.
func randomUUID() -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for index in 0..<32 {
        if [8, 12, 16, 20].contains(index) { text.append("-") }
        switch index {
        case 12: text.append("4")
        case 16: text.append(digits[Int.random(in: 8...11)])
        default: text.append(digits[Int.random(in: 0...15)])
        }
    }
    return text
}

/// A JSON string, quotes included, of exactly `bytes` bytes (at least 2). Its text is random, so that a store
/// that compresses gains nothing from it.
func randomJSONString(bytes: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-".utf8)
    var text = [Ascii.quote]
    text.reserveCapacity(bytes)
    for _ in 0..<max(0, bytes - 2) { text.append(letters[Int.random(in: 0..<letters.count)]) }
    text.append(Ascii.quote)
    return String(decoding: text, as: UTF8.self)
}
