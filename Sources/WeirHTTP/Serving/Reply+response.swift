internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Reply {
    var head: HTTPResponse {
        var fields = HTTPFields()
        fields.reserveCapacity(headers.count + 1)
        for (name, value) in headers { fields.append(HTTPField(name: name, value: value)) }
        if status != .noContent { fields.append(HTTPField(name: .contentLength, value: String(body?.count ?? 0))) }
        return HTTPResponse(status: status, headerFields: fields)
    }

    func responseBody(isHead: Bool) -> ResponseBody {
        guard let body, !isHead, status != .noContent else { return ResponseBody() }
        return ResponseBody(byteBuffer: ByteBuffer(bytes: body))
    }
}
