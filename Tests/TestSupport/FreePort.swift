import Glibc
import Synchronization

/// Ports for servers that tests start.
///
/// They lie below those that Linux gives to outgoing connections (`ip_local_port_range`, from 32,768 unless the machine
/// is set up otherwise): between the look here and the start of a server, and while a server is down that a test will
/// start again, no connection of another test takes the port.
package enum FreePort {
    /// There is none.
    package struct Failure: Error {
        /// The system's own number for it.
        package let code: Int32
    }

    private static let range = 12_000..<32_000
    /// The place of the next one in the range, which goes round. The first is another one in each process.
    private static let next = Atomic(Int.random(in: 0..<range.count))

    /// A port of the loopback address that was free a moment ago. Two callers get two ports.
    package static func find() throws -> Int {
        var code: Int32 = 0
        for _ in range {
            let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
            let port = range.lowerBound + place % range.count
            code = bindingError(port)
            if code == 0 { return port }
        }
        throw Failure(code: code)
    }

    /// What keeps a server from this port; 0 if nothing does.
    private static func bindingError(_ port: Int) -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
            }
        }
    }
}
