internal import Glibc
package import WeirDomain

extension IPAddress {
    /// The address that the system's structure holds; nil if it is of another family. The zone of a version 6 address is
    /// lost, and with it every way to use one that needs it.
    init?(socketAddress: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(socketAddress)
        switch Int32(socketAddress.pointee.sa_family) {
        case AF_INET:
            self = .v4(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case AF_INET6:
            self = .v6(
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
        default: return nil
        }
    }

    /// The port that the system's structure holds.
    static func port(of socketAddress: UnsafePointer<sockaddr>) -> UInt16 {
        UInt16(bigEndian: UnsafeRawPointer(socketAddress).loadUnaligned(fromByteOffset: 2, as: UInt16.self))
    }

    /// The addresses of this machine's network interfaces.
    package static func ofThisMachine() -> Set<IPAddress> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var addresses: Set<IPAddress> = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ifa_addr.flatMap({ IPAddress(socketAddress: $0) }) {
                addresses.insert(address)
            }
            next = entry.pointee.ifa_next
        }
        return addresses
    }
}
