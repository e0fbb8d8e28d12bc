internal import Foundation
internal import SQLiteEngine

/// The directory of the embedded stores, locked so that only one process works in it.
struct DataDirectory {
    let path: String
    private let lock: FileLock

    /// Makes the directory if it is missing.
    init(_ name: String) throws {
        path = URL(fileURLWithPath: name).standardizedFileURL.path
        do {
            try FileManager.default.createDirectory(
                atPath: "\(path)/pools", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let cause = (error as? CocoaError)?.underlying as? POSIXError
            let reason = cause.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
            throw StartFailure("the data directory \(path) cannot be used: \(reason)")
        }
        do throws(FileLock.Refusal) {
            lock = try FileLock(path: "\(path)/weir.lock")
        } catch {
            switch error {
            case .held: throw StartFailure("another process uses the data directory \(path)")
            case .failed(let reason): throw StartFailure("the data directory \(path) cannot be locked: \(reason)")
            }
        }
    }
}
