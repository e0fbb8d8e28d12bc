import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Lets the first Ctrl-C end a bench in good order, with its queues deleted; a second one ends the process.
enum Interruption {
    private static let requested = Atomic(false)

    /// Whether Ctrl-C was pressed.
    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Begins to listen. A signal handler may do next to nothing: it stores a flag that exists by then.
    static func listen() {
        requested.store(false, ordering: .relaxed)
        signal(SIGINT) { _ in
            Interruption.requested.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
    }
}
