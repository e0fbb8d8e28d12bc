internal import CHiredis
internal import Glibc

/// A socket to one Redis, used by one thread at a time. Every wait on it is bounded.
final class RedisSocket {
    private let context: UnsafeMutablePointer<redisContext>
    private let timeoutMilliseconds: Int

    private init(_ context: UnsafeMutablePointer<redisContext>, _ timeoutMilliseconds: Int) {
        self.context = context
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    deinit {
        redisFree(context)
    }

    // MARK: Connecting

    static func connect(
        to address: RedisEndpoint.Address, timeoutMilliseconds: Int
    ) throws(RedisFailure) -> RedisSocket {
        let time = timeval(milliseconds: timeoutMilliseconds)
        return try adopt(
            redisConnectWithTimeout(address.host, Int32(address.port), time), address.description, timeoutMilliseconds)
    }

    static func connect(toSocket path: String, timeoutMilliseconds: Int) throws(RedisFailure) -> RedisSocket {
        let time = timeval(milliseconds: timeoutMilliseconds)
        return try adopt(redisConnectUnixWithTimeout(path, time), path, timeoutMilliseconds)
    }

    private static func adopt(
        _ context: UnsafeMutablePointer<redisContext>?, _ name: String, _ timeoutMilliseconds: Int
    ) throws(RedisFailure) -> RedisSocket {
        guard let context else { throw RedisFailure("\(name): out of memory") }
        let socket = RedisSocket(context, timeoutMilliseconds)
        guard context.pointee.err == 0 else { throw RedisFailure("\(name): \(socket.error)") }
        redisSetTimeout(context, timeval(milliseconds: timeoutMilliseconds))
        // By default the reader gives back its buffer after every large answer and takes a new one for the next.
        context.pointee.reader.pointee.maxbuf = 1 << 20
        return socket
    }

    private var error: String { String(cString: weir_redis_error(context)) }

    // MARK: Talking

    /// False if the server has hung up, or has said what nobody asked for.
    var isQuiet: Bool {
        var byte: UInt8 = 0
        let count = recv(context.pointee.fd, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// Hands all of `bytes` to the kernel.
    func send(_ bytes: [UInt8]) throws(RedisFailure) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                // Without the flag a lost connection would end the process.
                Glibc.send(
                    context.pointee.fd, all.baseAddress?.advanced(by: sent), all.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                throw failure("sending", errno)
            }
        }
    }

    /// The next answer.
    func reply() throws(RedisFailure) -> RedisReply {
        var raw: UnsafeMutableRawPointer?
        errno = 0
        guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw failure("waiting for an answer", errno) }
        defer { freeReplyObject(raw) }
        return RedisReply(copying: raw.assumingMemoryBound(to: redisReply.self))
    }

    private func failure(_ action: String, _ code: Int32) -> RedisFailure {
        if code == EAGAIN { return RedisFailure("timed out after \(timeoutMilliseconds) ms while \(action)") }
        if context.pointee.err != 0 { return RedisFailure("\(error) while \(action)") }
        return RedisFailure("\(String(cString: strerror(code))) while \(action)")
    }

    /// Sends one command and returns its answer.
    func ask(_ words: String...) throws(RedisFailure) -> RedisReply {
        var buffer = CommandBuffer()
        buffer.begin(words.count)
        for word in words { buffer.add(word) }
        try send(buffer.bytes)
        return try reply()
    }
}

extension timeval {
    fileprivate init(milliseconds: Int) {
        self.init(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    }
}
