import Glibc
import Synchronization

/// A web server on every address of this machine that counts its connections. Each gets what `answer` makes of its
/// request, and nil leaves it hanging until the server ends.
package final class LocalServer: Sendable {
    package let port: UInt16
    private let listener: Int32
    private let counts = Mutex((accepted: 0, requests: [String]()))
    private let answer: @Sendable (String) -> String?

    package init(_ answer: @escaping @Sendable (String) -> String?) throws {
        self.answer = answer
        let listener = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var off: Int32 = 0
        setsockopt(listener, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, length) + listen(listener, 512) + getsockname(listener, raw, &length)
            }
        }
        struct NoServer: Error { let error: Int32 }
        guard code == 0 else { throw NoServer(error: errno) }
        port = UInt16(bigEndian: address.sin6_port)
        start { [self] in serve(listener) }
    }

    /// Ends it: later connections are refused.
    package func stop() {
        Glibc.shutdown(listener, Int32(SHUT_RDWR))
    }

    package var accepted: Int { counts.withLock { $0.accepted } }
    package var requests: [String] { counts.withLock { $0.requests } }

    private func serve(_ listener: Int32) {
        var hanging: [Int32] = []
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            counts.withLock { $0.accepted += 1 }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &bytes, bytes.count, 0)
            let request = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            counts.withLock { $0.requests.append(request) }
            guard let text = answer(request) else {
                hanging.append(connection)
                continue
            }
            let reply = Array(text.utf8)
            _ = send(connection, reply, reply.count, Int32(MSG_NOSIGNAL))
            Glibc.shutdown(connection, Int32(SHUT_WR))
            // What the client has yet to say would otherwise reset the connection.
            while recv(connection, &bytes, bytes.count, 0) > 0 {}
            close(connection)
        }
        for connection in hanging { close(connection) }
        close(listener)
    }

    private func start(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: () -> Void
            init(_ body: @escaping () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(Box(body)).toOpaque())
        pthread_detach(thread)
    }
}

extension LocalServer {
    /// An answer with this status and a short body.
    package static func answering(_ status: Int) -> String {
        "HTTP/1.1 \(status) X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    }
}
