package import WeirDomain
internal import WeirJSON

extension Subscription {
    /// The object that clients know it by (API section 7).
    package func append(to bytes: inout [UInt8], now: Timestamp) {
        JSONWriter.append(literal: "{\"id\":", to: &bytes)
        JSONWriter.append(string: id, to: &bytes)
        JSONWriter.append(literal: ",\"source\":", to: &bytes)
        JSONWriter.append(string: source.name.value, to: &bytes)
        JSONWriter.append(literal: ",\"subscriber\":", to: &bytes)
        JSONWriter.append(string: subscriber, to: &bytes)
        JSONWriter.append(literal: ",\"ttl\":", to: &bytes)
        JSONWriter.append(integer: ttl, to: &bytes)
        JSONWriter.append(literal: ",\"age\":", to: &bytes)
        JSONWriter.append(integer: now.seconds(since: created), to: &bytes)
        JSONWriter.append(literal: ",\"options\":", to: &bytes)
        bytes.append(contentsOf: options)
        JSONWriter.append(literal: isConfirmed ? ",\"confirmed\":true}" : ",\"confirmed\":false}", to: &bytes)
    }
}
