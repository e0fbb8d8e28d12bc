/// Reads one HTTP/1.1 answer at a time, in whatever pieces it arrives.
///
/// It looks at the status and the Content-Length and steps over all other headers. Interim
/// answers (1xx) are skipped. Nothing is allocated once the body buffer has grown to the size of the answers.
package struct ResponseParser: Sendable {
    /// Bound of the status line and headers together, in bytes.
    package static let maximumHeadBytes = 65_536

    /// Bound of a body, in bytes.
    package static let maximumBodyBytes = 67_108_864

    /// How far the answer has come.
    package enum Progress: Equatable, Sendable {
        /// More bytes are needed.
        case incomplete
        /// The answer is whole; `body` holds its body if it was asked for.
        case complete(status: Int)
        /// The bytes are not an answer this parser reads; it stays in this state until `begin`.
        case failed(ResponseFailure)
    }

    private enum State {
        case statusLine(Int)
        case lineStart
        case headerName(HeaderName, Int)
        case contentLength(LengthPart)
        case skipLine
        case lastLine
        case body
        case complete
        case failed(ResponseFailure)
    }

    private enum LengthPart { case before, digits, after }

    /// The two headers that matter; an index into the name follows how much of it has matched.
    private enum HeaderName {
        case contentLength, transferEncoding

        var bytes: StaticString {
            switch self {
            case .contentLength: "content-length"
            case .transferEncoding: "transfer-encoding"
            }
        }
    }

    private var state: State = .complete
    private var status = 0
    private var declaredLength: Int?
    private var number = 0
    private var headBytes = 0
    private var bodyRemaining = 0
    private var keepsBody = false

    /// The body of the answer, if `begin` asked to keep it; else empty. Valid until the next `begin`.
    package private(set) var body: [UInt8] = []

    /// A parser that expects no answer until `begin` is called.
    package init() {}

    /// Gets ready for the answer to the next request, keeping its body or not.
    package mutating func begin(keepingBody: Bool) {
        keepsBody = keepingBody
        body.removeAll(keepingCapacity: true)
        expectHead()
    }

    /// Takes the next bytes. Bytes behind the end of the answer are a failure: only one request is in flight.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer) -> Progress {
        var at = 0
        while at < bytes.count {
            switch state {
            case .body: takeBody(bytes, &at)
            case .skipLine: skipLine(bytes, &at)
            case .complete: state = .failed(.unexpectedBytes)
            case .failed(let failure): return .failed(failure)
            default:
                takeHead(bytes[at])
                at += 1
            }
        }
        switch state {
        case .complete: return .complete(status: status)
        case .failed(let failure): return .failed(failure)
        default: return .incomplete
        }
    }
}

extension ResponseParser {
    private mutating func expectHead() {
        state = .statusLine(0)
        status = 0
        declaredLength = nil
        headBytes = 0
    }

    private mutating func takeBody(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) {
        let length = min(bodyRemaining, bytes.count - at)
        if keepsBody { body.append(contentsOf: bytes[at..<at + length]) }
        at += length
        bodyRemaining -= length
        if bodyRemaining == 0 { state = .complete }
    }

    private mutating func skipLine(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[at...])
        let newline = rest.firstOffset(of: Ascii.newline)
        let length = newline.map { $0 + 1 } ?? rest.count
        at += length
        headBytes += length
        if newline != nil { state = .lineStart }
        if headBytes > Self.maximumHeadBytes { state = .failed(.headTooLarge) }
    }

    private mutating func takeHead(_ byte: UInt8) {
        headBytes += 1
        guard headBytes <= Self.maximumHeadBytes else { return state = .failed(.headTooLarge) }
        switch state {
        case .statusLine(let index): takeStatusLine(byte, index)
        case .lineStart: startLine(byte)
        case .headerName(let name, let index): takeName(byte, name, index)
        case .contentLength(let part): takeLength(byte, part)
        case .lastLine: byte == Ascii.newline ? endHead() : (state = .failed(.badHeader))
        case .skipLine, .body, .complete, .failed: break
        }
    }

    private mutating func takeStatusLine(_ byte: UInt8, _ index: Int) {
        let prefix: StaticString = "HTTP/1."
        let fits: Bool
        switch index {
        case 0..<7: fits = byte == prefix.utf8Start[index]
        case 7: fits = byte == Ascii.zero || byte == Ascii.zero + 1
        case 8: fits = byte == Ascii.space
        case 9...11:
            fits = Ascii.isDigit(byte)
            if fits { status = status * 10 + Int(byte - Ascii.zero) }
        default:
            fits = (byte == Ascii.space || byte == Ascii.carriageReturn || byte == Ascii.newline)
        }
        guard fits, index < 12 || (100...599).contains(status) else { return state = .failed(.badStatusLine) }
        if index < 12 {
            state = .statusLine(index + 1)
        } else {
            state = byte == Ascii.newline ? .lineStart : .skipLine
        }
    }

    private mutating func startLine(_ byte: UInt8) {
        switch byte {
        case Ascii.carriageReturn: state = .lastLine
        case Ascii.newline: endHead()
        case Ascii.space, Ascii.tab, Ascii.colon: state = .failed(.badHeader)
        case UInt8(ascii: "c"), UInt8(ascii: "C"): state = .headerName(.contentLength, 1)
        case UInt8(ascii: "t"), UInt8(ascii: "T"): state = .headerName(.transferEncoding, 1)
        default: state = .skipLine
        }
    }

    private mutating func takeName(_ byte: UInt8, _ name: HeaderName, _ index: Int) {
        let wanted = name.bytes
        if index < wanted.utf8CodeUnitCount {
            if Ascii.lowercased(byte) == wanted.utf8Start[index] {
                state = .headerName(name, index + 1)
            } else {
                state = byte == Ascii.newline ? .failed(.badHeader) : .skipLine
            }
        } else if byte == Ascii.colon {
            number = 0
            state = name == .contentLength ? .contentLength(.before) : .failed(.transferEncoding)
        } else {
            state = byte == Ascii.newline ? .failed(.badHeader) : .skipLine
        }
    }

    private mutating func takeLength(_ byte: UInt8, _ part: LengthPart) {
        switch (byte, part) {
        case (Ascii.space, .before), (Ascii.tab, .before), (Ascii.space, .after), (Ascii.tab, .after):
            break
        case (Ascii.space, .digits), (Ascii.tab, .digits), (Ascii.carriageReturn, .digits):
            state = .contentLength(.after)
        case (Ascii.carriageReturn, .after):
            break
        case (Ascii.newline, .digits), (Ascii.newline, .after):
            endLength()
        case (Ascii.zero...Ascii.zero + 9, .before), (Ascii.zero...Ascii.zero + 9, .digits):
            number = number * 10 + Int(byte - Ascii.zero)
            state = number > Self.maximumBodyBytes ? .failed(.bodyTooLarge) : .contentLength(.digits)
        default:
            state = .failed(.badContentLength)
        }
    }

    private mutating func endLength() {
        guard declaredLength == nil || declaredLength == number else {
            return state = .failed(.badContentLength)
        }
        declaredLength = number
        state = .lineStart
    }

    private mutating func endHead() {
        if (100...199).contains(status) { return expectHead() }
        if status == 204 || status == 304 { return state = .complete }
        guard let length = declaredLength else { return state = .failed(.noContentLength) }
        bodyRemaining = length
        state = length == 0 ? .complete : .body
    }
}
