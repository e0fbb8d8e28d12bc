internal import HTTPTypes
internal import WeirDomain
internal import WeirOperations

/// The header `Prefer` (RFC 7240), of which `wait` is understood.
enum Preference {
    /// The seconds that the caller is ready to wait; nil for none, or what is no number of them.
    static func wait(_ header: String) -> Int? {
        for preference in header.split(separator: ",") {
            let pair = preference.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map { $0.trimmed }
            guard pair.count == 2, pair[0].lowercased() == "wait" else { continue }
            let value = pair[1].hasPrefix("\"") && pair[1].hasSuffix("\"") ? pair[1].dropFirst().dropLast() : pair[1]
            // The first of several counts.
            guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int(value) ?? .max
        }
        return nil
    }
}

extension Call {
    /// How long the caller waits for messages, within the bounds of what may be asked for.
    var patience: Patience? {
        guard let header = headers.prefer, let seconds = Preference.wait(header) else { return nil }
        return Patience(seconds: min(seconds, Limits.longestWaitSeconds), departure: departure ?? Departure())
    }
}

extension Reply {
    /// Says how long the caller would have been kept waiting, if it asked for that.
    func appliedPreference(of call: Call) -> Reply {
        guard let patience = call.patience else { return self }
        var reply = self
        reply.headers.append((.preferenceApplied, "wait=\(patience.seconds)"))
        return reply
    }
}

extension HTTPField.Name {
    fileprivate static let preferenceApplied = Self.known("Preference-Applied")
}
