internal import HTTPTypes
internal import WeirJSON

/// An answer: status, headers, and the bytes of its body, if it has one.
struct Reply {
    var status: HTTPResponse.Status
    var headers: [(HTTPField.Name, String)] = []
    var body: [UInt8]?

    static func json(
        _ status: HTTPResponse.Status = .ok, _ body: [UInt8], headers: [(HTTPField.Name, String)] = []
    ) -> Reply {
        var all: [(HTTPField.Name, String)] = []
        // One more comes for each request.
        all.reserveCapacity(headers.count + 2)
        all += headers
        all.append((.contentType, "application/json"))
        return Reply(status: status, headers: all, body: body)
    }

    static func json(
        _ status: HTTPResponse.Status = .ok, _ value: JSONValue, headers: [(HTTPField.Name, String)] = []
    ) -> Reply {
        json(status, value.bytes, headers: headers)
    }

    static func empty(
        _ status: HTTPResponse.Status, headers: [(HTTPField.Name, String)] = []
    ) -> Reply {
        Reply(status: status, headers: headers)
    }

    init(status: HTTPResponse.Status, headers: [(HTTPField.Name, String)] = [], body: [UInt8]? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init(_ fault: Fault) {
        var object = JSONObject()
        object["title"] = .string(fault.title)
        if let description = fault.description { object["description"] = .string(description) }
        self = .json(fault.status, .object(object), headers: fault.headers)
    }
}
