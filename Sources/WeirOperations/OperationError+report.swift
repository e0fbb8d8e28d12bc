package import Logging
internal import WeirStorage

extension OperationError {
    /// Says in the log why the service was not able to, unless its stores have said so themselves.
    package func report(to logger: Logger, _ metadata: Logger.Metadata = [:]) {
        switch self {
        case .unavailable(let error):
            let named = metadata.merging(["reason": "\(error)"]) { $1 }
            logger.log(level: error.isReported ? .debug : .warning, "store unavailable", metadata: named)
        case .noPool(let reason):
            logger.warning("queue not placed", metadata: metadata.merging(["reason": "\(reason)"]) { $1 })
        default: break
        }
    }
}
