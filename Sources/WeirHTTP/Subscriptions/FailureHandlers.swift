internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    /// What was given up of a subscription, the oldest first.
    func listFailures(_ call: Call, _ id: String, _ queue: QueueKey) async throws -> Reply {
        let limit = try call.query.integer("limit")
        let page = try await operations.listFailures(
            of: id, in: queue, after: call.query.text("marker"), limit: limit)
        var link = PageLink(path: call.target.path)
        link.marker(in: call.query)
        link.add("limit", limit)
        var body: [UInt8] = []
        JSONWriter.append(literal: "{\"failures\":", to: &body)
        JSONWriter.append(array: page.items.count, to: &body) { page.items[$0].append(to: &$1) }
        body.append(UInt8(ascii: ","))
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }

    func redrive(_ id: String, _ queue: QueueKey) async throws -> Reply {
        let count = try await operations.redriveFailures(of: id, in: queue)
        return .json(.accepted, ["redriven": .integer(Int64(count))])
    }
}

extension FailedDelivery {
    fileprivate func append(to bytes: inout [UInt8]) {
        JSONWriter.append(literal: "{\"id\":", to: &bytes)
        JSONWriter.append(string: id.text, to: &bytes)
        JSONWriter.append(literal: ",\"failed\":", to: &bytes)
        JSONWriter.append(string: CivilTime(failed).text, to: &bytes)
        JSONWriter.append(literal: ",\"attempts\":", to: &bytes)
        JSONWriter.append(integer: attempts, to: &bytes)
        JSONWriter.append(literal: ",\"reason\":", to: &bytes)
        JSONWriter.append(string: reason, to: &bytes)
        JSONWriter.append(literal: ",\"status\":", to: &bytes)
        if let status {
            JSONWriter.append(integer: status, to: &bytes)
        } else {
            JSONWriter.append(literal: "null", to: &bytes)
        }
        JSONWriter.append(literal: ",\"message\":", to: &bytes)
        if payload.first == UInt8(ascii: "{") {
            bytes.append(contentsOf: payload)
        } else {
            JSONWriter.append(string: String(decoding: payload, as: UTF8.self), to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
