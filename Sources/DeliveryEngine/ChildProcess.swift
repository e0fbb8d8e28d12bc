internal import CSpawn
internal import Glibc
internal import StoreThreads

/// A program that runs for a while. Everything here waits: it is for threads that may.
enum ChildProcess {
    /// Runs the program with this input. Nil if it ended well; otherwise what went wrong. One that is called off is killed.
    static func run(_ words: [String], input: [UInt8], milliseconds: Int, isCalledOff: () -> Bool) -> String? {
        guard let name = words.first else { return "no mail command is set" }
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { return "no pipe: error \(errno)" }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = start(words, reading: pipe[0])
        close(pipe[0])
        guard let child else {
            close(pipe[1])
            return "cannot run \(name)"
        }
        let end = Instant.now.adding(milliseconds: milliseconds)
        let isWritten = write(input, to: pipe[1], until: end, isCalledOff)
        close(pipe[1])
        guard let status = wait(for: child, until: end, isCalledOff) else {
            return "\(name) took longer than \(milliseconds) ms"
        }
        guard status == 0 else { return "\(name) ended with status \(status)" }
        return isWritten ? nil : "\(name) did not read the mail"
    }

    // MARK: Starting

    /// The child leads a group of its own, so that it ends with all it started. It inherits no file but its input, and no
    /// variable of this service, of which some are secrets.
    private static func start(_ words: [String], reading input: Int32) -> pid_t? {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, input, 0)
        posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)
        weir_spawn_close_from(&files, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &pipe)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var child = pid_t()
        let code = withStrings(words) { arguments in
            withStrings(environment) { variables in
                posix_spawnp(&child, words[0], &files, &attributes, arguments, variables)
            }
        }
        return code == 0 ? child : nil
    }

    private static var environment: [String] {
        var all: [String] = []
        var next = environ
        while let entry = next.pointee {
            all.append(String(cString: entry))
            next += 1
        }
        return all.filter { !$0.hasPrefix("WEIR_") }
    }

    /// As C has lists of texts: with a null at the end.
    private static func withStrings<Value>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        let copies = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        var list = copies
        return list.withUnsafeMutableBufferPointer { buffer in
            // Never empty: the null is in it.
            buffer.baseAddress.map(body) ?? body(UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped)
        }
    }

    // MARK: Running

    private static func write(
        _ input: [UInt8], to pipe: Int32, until end: Instant, _ isCalledOff: () -> Bool
    ) -> Bool {
        _ = fcntl(pipe, F_SETFL, O_NONBLOCK)
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGPIPE)
        // A child that does not read must not end this process.
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        var rest = input[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(pipe, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
                continue
            }
            guard errno == EAGAIN || errno == EINTR, Instant.now < end, !isCalledOff() else { return false }
            var ready = pollfd(fd: pipe, events: Int16(POLLOUT), revents: 0)
            poll(&ready, 1, lookMilliseconds)
        }
        return true
    }

    private static let lookMilliseconds: Int32 = 10

    /// The exit status, or 128 and the number of the signal; nil if it had to be killed.
    private static func wait(for child: pid_t, until end: Instant, _ isCalledOff: () -> Bool) -> Int32? {
        var status: Int32 = 0
        while true {
            let found = waitpid(child, &status, WNOHANG)
            if found == child { break }
            guard found == 0 || errno == EINTR else { return 127 }
            guard Instant.now < end, !isCalledOff() else {
                kill(-child, SIGKILL)
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
                return nil
            }
            poll(nil, 0, lookMilliseconds)
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
