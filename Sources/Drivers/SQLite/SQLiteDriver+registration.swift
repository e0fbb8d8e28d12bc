internal import SQLiteEngine
internal import WeirDomain
internal import WeirJSON
package import WeirStorage

extension SQLiteDriver {
    static let highThroughput = "one thread writes one file on one disk"

    /// `sqlite:NAME` is a file below the data directory, `sqlite:///absolute/path.db` any other.
    package static let registration = DriverRegistration(
        name: "sqlite",
        schemes: ["sqlite"],
        matrix: CapabilityMatrix([
            .fifo: .always, .claims: .always, .atLeastOnce: .always,
            .durability: .when("the option synchronous is full or extra (it is full by default)"),
            .highThroughput: .never(highThroughput),
        ]),
        isEmbedded: true,
        check: { configuration throws(PoolRefusal) in
            _ = try file(of: configuration)
            _ = try SQLiteOptions(configuration.options)
        }
    ) { configuration throws(PoolRefusal) in
        let options = try SQLiteOptions(configuration.options)
        let file = try claim(try file(of: configuration))
        do throws(SQLiteFailure) {
            return try await start(file, options)
        } catch {
            file.abandon()
            throw PoolRefusal("cannot connect: \(error.message)")
        }
    }

    private static func file(of configuration: PoolConfiguration) throws(PoolRefusal) -> String {
        let rest = configuration.uri.dropFirst("sqlite:".count)
        if rest.hasPrefix("///"), rest.count > 3, !rest.utf8.contains(0) { return String(rest.dropFirst(2)) }
        let isName = !rest.isEmpty && rest != "." && rest != ".." && rest.utf8.allSatisfy(isNameByte)
        guard isName else {
            throw PoolRefusal(
                "uri: expected sqlite:NAME, with a name of letters, digits, '_', '-' and '.', "
                    + "or sqlite:///absolute/path.db")
        }
        return "\(configuration.dataDirectory)/pools/\(rest).db"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func claim(_ path: String) throws(PoolRefusal) -> ClaimedFile {
        do throws(FileLock.Refusal) {
            return try ClaimedFile(path)
        } catch {
            switch error {
            case .held: throw PoolRefusal("cannot connect: another pool or process uses the file")
            case .failed(let reason): throw PoolRefusal("cannot connect: \(reason): \(path)")
            }
        }
    }

    private static func start(
        _ file: ClaimedFile, _ options: SQLiteOptions
    ) async throws(SQLiteFailure) -> SQLiteDriver {
        let path = file.path
        let writer = try await DatabaseThread<PoolSession>.start(
            .writing, capacity: Limits.pendingOperationsPerPool, batch: Limits.operationsPerCommit
        ) { () throws(SQLiteFailure) in
            let connection = try Connection(path: path)
            try Schema.inspect(connection)
            try connection.useWriteAheadLog(
                synchronous: options.synchronous, checkpointPages: options.checkpointPages,
                cacheKiB: options.cacheKiB)
            try Schema.prepare(connection)
            return try PoolSession(connection)
        }
        do throws(SQLiteFailure) {
            let readers = try await startReaders(options.readers, path: path, options)
            return SQLiteDriver(writer: writer, readers: readers, file: file) { () async throws(SQLiteFailure) in
                try await startReaders(1, path: path, options)
            }
        } catch {
            await writer.shutdown()
            throw error
        }
    }

    private static func startReaders(
        _ count: Int, path: String, _ options: SQLiteOptions
    ) async throws(SQLiteFailure) -> DatabaseThread<PoolSession> {
        try await DatabaseThread<PoolSession>.start(
            .reading, threads: count, capacity: Limits.pendingOperationsPerPool, batch: 16
        ) { () throws(SQLiteFailure) in
            let connection = try Connection(path: path)
            try connection.execute("PRAGMA query_only = ON; PRAGMA cache_size = \(-options.cacheKiB)")
            return try PoolSession(connection)
        }
    }
}
