import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard output, of which nothing is lost without a word.
package enum StandardOutput {
    private static let broken = Atomic(false)

    /// Whether something could not be written. A command goes on with what it was asked to do and then ends with 1.
    package static var isBroken: Bool { broken.load(ordering: .relaxed) }

    /// Writes text as it is. The first time that fails it says why on standard error, unless the reader has only closed
    /// its pipe; from then on nothing is written.
    package static func write(_ text: String) {
        guard !isBroken, let code = write(text, to: STDOUT_FILENO) else { return }
        broken.store(true, ordering: .relaxed)
        guard code != EPIPE else { return }
        write("weir: cannot write to standard output: \(String(cString: strerror(code)))\n", to: STDERR_FILENO)
    }

    /// Writes all of a text, or returns the number of the error.
    @discardableResult
    package static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}

/// The system's own, by a name that stands for nothing else here.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
