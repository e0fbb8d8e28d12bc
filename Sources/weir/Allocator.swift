internal import CMimalloc
internal import Glibc

/// mimalloc, from which all of the process takes its memory: the program is linked with it before the C library.
enum Allocator {
    /// Whether it does. A program that was linked or started otherwise works as well, and more slowly.
    static var isInUse: Bool {
        let memory = malloc(1)
        defer { free(memory) }
        return mi_is_in_heap_region(memory)
    }
}
