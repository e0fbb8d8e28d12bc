internal import Glibc
internal import Synchronization

/// An exclusive lock on a file, held until it is released or this object goes. It stands beside a database file,
/// not on it: closing any descriptor of a database file would drop SQLite's own locks.
package final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>
    private let path: String
    /// Whether the file was not there before.
    private let isNew: Bool

    package enum Refusal: Error, Hashable, Sendable {
        /// Another process, or this one, holds it.
        case held
        /// The file cannot be opened or locked: the system's own words.
        case failed(String)
    }

    package init(path: String) throws(Refusal) {
        self.path = path
        isNew = access(path, F_OK) != 0
        let opened = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .failed(String(cString: strerror(errno))) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let error = errno
            close(opened)
            throw error == EWOULDBLOCK ? .held : .failed(String(cString: strerror(error)))
        }
        guard Self.leads(path, to: opened) else {
            close(opened)
            throw .held
        }
        descriptor = Mutex(opened)
    }

    /// Whether the file was not removed by its owner before it was locked here: another one may be locked by now.
    private static func leads(_ path: String, to descriptor: Int32) -> Bool {
        var (named, opened) = (stat(), stat())
        guard stat(path, &named) == 0, fstat(descriptor, &opened) == 0 else { return false }
        return named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
    }

    deinit {
        release()
    }

    /// Releases it, and removes the file if this lock has made it.
    package func remove() {
        descriptor.withLock { if $0 != nil, isNew { unlink(path) } }
        release()
    }

    /// Lets others have it. Releasing twice does nothing.
    package func release() {
        descriptor.withLock { held in
            if let open = held {
                // A child that is just being started has the descriptor too, until it becomes another program.
                flock(open, LOCK_UN)
                close(open)
            }
            held = nil
        }
    }
}
