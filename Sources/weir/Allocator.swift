internal import CMalloc

/// The C library's allocator, told how this program uses it.
enum Allocator {
    private static let keptBytes: Int32 = 32 << 20

    /// Keeps up to 32 MiB of freed memory in each arena, and few arenas. By default a thread's arena hands memory
    /// back to the system whenever a request's buffer is freed, which is a system call and page faults a request.
    static func keepFreedMemory() {
        mallopt(M_TRIM_THRESHOLD, keptBytes)
        mallopt(M_MMAP_THRESHOLD, keptBytes)
        mallopt(M_ARENA_MAX, 4)
    }
}
