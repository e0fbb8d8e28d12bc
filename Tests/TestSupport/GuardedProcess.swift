internal import Glibc

/// A process that a test starts, and that does not outlive the tests however they end: a guard beside it waits for
/// the tests to hang up and then kills it.
package struct GuardedProcess: Sendable {
    package let id: Int32
    private let watcher: Int32
    /// The tests' end of the line to the guard.
    private let line: Int32

    /// The program cannot be started: the system's own words.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts the program of this name, found on the PATH or in the usual places, without input and output.
    package static func start(_ program: String, _ arguments: [String]) throws -> GuardedProcess {
        let path = try find(program)
        let id = try spawn(path, [path] + arguments, input: nil)
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            Glibc.kill(id, SIGKILL)
            throw Failure(description: "no line to the guard: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[0]) }
        let watcher = try spawn("/bin/sh", ["sh", "-c", "read word || kill -9 $0", "\(id)"], input: ends[0])
        return GuardedProcess(id: id, watcher: watcher, line: ends[1])
    }

    /// Kills it at once and waits until it is gone.
    package func kill() {
        Glibc.kill(id, SIGKILL)
        var status: Int32 = 0
        waitpid(id, &status, 0)
        // The id may be another's from now on: the guard goes home.
        _ = write(line, "\n", 1)
        close(line)
        waitpid(watcher, &status, 0)
    }

    /// Sends it a signal.
    package func signal(_ signal: Int32) {
        Glibc.kill(id, signal)
    }

    private static func find(_ program: String) throws -> String {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin"]
        let places = folders.map { folder in "\(folder)/\(program)" }
        guard let found = places.first(where: { access($0, X_OK) == 0 }) else {
            throw Failure(description: "\(program) is not installed: the tests need the real one")
        }
        return found
    }
}
