import Foundation
import Glibc
import Synchronization

/// A real `redis-server` of its own for one test, with nothing in it. It ends with the process that started it.
package final class RedisServer: Sendable {
    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// How the server is started, beside what every test needs.
    package struct Settings: Sendable {
        /// Writes each change to the disk before it answers. Off, nothing outlives the server.
        package var isDurable: Bool
        /// Listens on TCP too, on a free port.
        package var listensOnTCP: Bool
        /// More arguments of the command line.
        package var arguments: [String]

        package init(isDurable: Bool = true, listensOnTCP: Bool = false, arguments: [String] = []) {
            self.isDurable = isDurable
            self.listensOnTCP = listensOnTCP
            self.arguments = arguments
        }
    }

    /// The socket that it listens on.
    package let socketPath: String
    /// The port, 0 if it does not listen on TCP.
    package let port: Int
    private let directory: String
    private let settings: Settings
    private let process: Mutex<GuardedProcess?>

    /// A URI of the server: that of its socket.
    package var uri: String { "redis+unix://\(socketPath)" }

    private init(_ directory: String, _ settings: Settings) throws {
        self.directory = directory
        self.settings = settings
        socketPath = "\(directory)/redis.sock"
        port = settings.listensOnTCP ? try FreePort.find() : 0
        process = Mutex(nil)
    }

    deinit {
        kill()
    }

    /// Starts a server that keeps its files in `directory`, and waits until it answers.
    package static func start(
        in directory: String, _ settings: Settings = Settings()
    ) async throws -> RedisServer {
        let server = try RedisServer(directory, settings)
        try await onOwnThread { try server.start() }
        return server
    }

    // MARK: Life

    /// Starts it again where it stopped.
    package func restart() async throws {
        kill()
        try await onOwnThread { try self.start() }
    }

    /// Ends it as a crash would: at once.
    package func kill() {
        process.withLock { process in
            process?.kill()
            process = nil
        }
    }

    /// Ends it: a test is done with it.
    package func stop() {
        kill()
    }

    /// Keeps it from doing anything, its connections too, until `resume`.
    package func pause() {
        process.withLock { $0?.signal(SIGSTOP) }
    }

    /// Ends a pause.
    package func resume() {
        process.withLock { $0?.signal(SIGCONT) }
    }

    // MARK: Talking

    /// Changes a setting of the running server.
    package func configSet(_ name: String, _ value: String) throws {
        let answer = try command("CONFIG", "SET", name, value)
        guard answer.hasPrefix("+OK") else { throw Failure(description: "CONFIG SET \(name): \(answer)") }
    }

    /// Sends one command without spaces in its words, and returns the beginning of the answer as it is on the wire.
    @discardableResult
    package func command(_ words: String...) throws -> String {
        guard let answer = Self.ask(socketPath, words.joined(separator: " ")) else {
            throw Failure(description: "redis-server does not answer on \(socketPath)")
        }
        return answer
    }

    // MARK: Starting

    private func start() throws {
        unlink(socketPath)
        let started = try GuardedProcess.start(
            "redis-server",
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", socketPath, "--dir", directory, "--save",
                "", "--daemonize", "no", "--logfile", "\(directory)/redis.log", "--appendonly",
                settings.isDurable ? "yes" : "no", "--appendfsync", "always",
            ] + settings.arguments)
        process.withLock { $0 = started }
        // Generous: the machine may be busy with other tests.
        for _ in 0..<6000 {
            // One that wants a password is up as well; one that still loads its file says so.
            if let answer = Self.ask(socketPath, "PING"), !answer.hasPrefix("-LOADING") { return }
            usleep(5000)
        }
        kill()
        throw Failure(description: "redis-server did not start; its log: \(log)")
    }

    private var log: String {
        (try? String(contentsOfFile: "\(directory)/redis.log", encoding: .utf8)) ?? "none"
    }

    /// Sends a line to the socket at `path`; nil if nobody answers within a few seconds.
    private static func ask(_ path: String, _ line: String) -> String? {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { return nil }
        let bytes = Array("\(line)\r\n".utf8)
        guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
