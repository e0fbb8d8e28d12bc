import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A short reason for people, without the name of the system call that failed.
func reasonOfFailure(_ error: any Error) -> String {
    switch error {
    case let error as IOError:
        return String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
        if let attempt = error.connectionErrors.first { return reasonOfFailure(attempt.error) }
        return "the host name cannot be resolved"
    case ChannelError.connectTimeout:
        return "timed out"
    default:
        return String(describing: error)
    }
}
