internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Why a system call failed, in the system's words.
enum SystemReason {
    /// The reason of an error that a connection threw.
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError: text(error.errnoCode)
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { of($0.error) } ?? "the host name cannot be resolved"
        case ChannelError.connectTimeout: "timed out"
        default: String(describing: error)
        }
    }

    /// The words for an error number.
    static func text(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}
