internal import WeirDomain
internal import WeirStorage

/// Values as the scripts store them.
extension QueueLife {
    /// 8 bytes whose byte order is the order of lives.
    var stored: [UInt8] {
        withUnsafeBytes(of: (UInt64(bitPattern: value) ^ 1 << 63).bigEndian) { Array($0) }
    }

    /// Reads back what `stored` made; nil if it cannot have.
    init?(stored bytes: some Collection<UInt8>) {
        guard bytes.count == 8 else { return nil }
        let bits = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        self.init(Int64(bitPattern: bits ^ 1 << 63))
    }
}

extension Flavor {
    /// Whether it lists its pools in one byte, then what it requires.
    var stored: [UInt8] {
        [UInt8(ascii: listsPools ? "1" : "0")] + required.members.map(\.rawValue).joined(separator: ",").utf8
    }

    /// Reads back what `stored` made.
    init(project: ProjectID, name: String, stored bytes: [UInt8]) {
        self.init(
            project: project, name: name, required: CapabilitySet(stored: bytes.dropFirst()),
            listsPools: bytes.first == UInt8(ascii: "1"))
    }
}

extension CapabilitySet {
    /// Reads names separated by commas.
    init(stored names: some Collection<UInt8>) {
        let words = names.split(separator: UInt8(ascii: ","))
        self.init(words.compactMap { Capability(rawValue: String(decoding: $0, as: UTF8.self)) })
    }
}

extension AuditEntry {
    /// All but its number, in the order of `notes.lua`.
    var words: [[UInt8]] {
        [String(at.milliseconds), actor, action, subject].map { Array($0.utf8) } + [before, after]
    }
}
