internal import WeirJSON

/// What an action came to.
struct SocketReply {
    let status: Int
    /// JSON text.
    let body: [UInt8]

    init(_ status: Int, _ body: [UInt8]) {
        self.status = status
        self.body = body
    }

    init(_ status: Int, _ body: JSONValue) {
        self.init(status, body.bytes)
    }

    init(_ fault: SocketFault) {
        self.init(fault.status, fault.body)
    }

    /// The envelope around it, which repeats the request. Nothing of a request that could not be read is repeated.
    func envelope(of request: SocketRequest?) -> [UInt8] {
        func echo(_ range: Range<Int>?) -> ArraySlice<UInt8>? {
            range.flatMap { range in request.map { $0.text[range] } }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + (request?.text.count ?? 0) + 96)
        JSONWriter.append(literal: "{\"request\":{\"action\":", to: &bytes)
        JSONWriter.append(raw: echo(request?.action) ?? Self.null, to: &bytes)
        JSONWriter.append(literal: ",\"body\":", to: &bytes)
        JSONWriter.append(raw: echo(request?.body) ?? Self.nothing, to: &bytes)
        JSONWriter.append(literal: ",\"headers\":", to: &bytes)
        JSONWriter.append(raw: echo(request?.headers) ?? Self.nothing, to: &bytes)
        JSONWriter.append(literal: ",\"api\":\"v2\"},\"body\":", to: &bytes)
        JSONWriter.append(raw: body, to: &bytes)
        JSONWriter.append(literal: ",\"headers\":{\"status\":", to: &bytes)
        JSONWriter.append(integer: status, to: &bytes)
        JSONWriter.append(literal: "}}", to: &bytes)
        return bytes
    }

    private static let null = Array("null".utf8)[...]
    private static let nothing = Array("{}".utf8)[...]
}
