import Glibc

/// Ports for servers that tests start.
package enum FreePort {
    /// There is none.
    package struct Failure: Error {
        /// The system's own number for it.
        package let code: Int32
    }

    /// A port of the loopback address that was free a moment ago.
    package static func find() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure(code: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
