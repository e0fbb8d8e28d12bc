internal import Glibc
internal import SQLiteEngine

/// The file of a pool, which no other pool or process uses, whatever name leads to it.
final class ClaimedFile: Sendable {
    /// Without symbolic links.
    let path: String
    private let lock: FileLock
    /// Whether it was not there before.
    private let isNew: Bool

    /// Makes the file if it is missing: only then is it certain where its name leads.
    init(_ name: String) throws(FileLock.Refusal) {
        isNew = try Self.create(name)
        guard let resolved = realpath(name, nil) else { throw .failed(String(cString: strerror(errno))) }
        defer { free(resolved) }
        path = String(cString: resolved)
        do throws(FileLock.Refusal) {
            lock = try FileLock(path: "\(path)-lock")
        } catch {
            if isNew { unlink(path) }
            throw error
        }
    }

    /// False if it is there: then it is not opened, for closing any descriptor of it would drop SQLite's locks.
    private static func create(_ name: String) throws(FileLock.Refusal) -> Bool {
        guard access(name, F_OK) != 0 else { return false }
        let descriptor = Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .failed(String(cString: strerror(errno))) }
        close(descriptor)
        return true
    }

    func release() { lock.release() }

    /// Leaves behind what there was before.
    func abandon() {
        if isNew { for end in ["", "-wal", "-shm"] { unlink(path + end) } }
        lock.remove()
    }
}
