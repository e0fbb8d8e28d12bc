internal import CMongoc
internal import StoreThreads

extension MongoConnection {
    /// Works with a connection of its own on the calling thread, which must be one that may wait.
    package static func wait<Value>(
        for address: MongoAddress, _ work: (MongoConnection) throws(MongoFailure) -> Value
    ) throws(MongoFailure) -> Value {
        guard let client = mongoc_client_new_from_uri(address.uri) else {
            throw MongoFailure(.refused, "libmongoc cannot use the uri")
        }
        defer { mongoc_client_destroy(client) }
        mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2)
        let connection = MongoConnection(client, address)
        defer { connection.close() }
        return try work(connection)
    }

    /// Works with a connection of its own on a thread of its own.
    package static func use<Value: Sendable>(
        _ address: MongoAddress, _ work: @escaping @Sendable (MongoConnection) throws(MongoFailure) -> Value
    ) async -> Result<Value, MongoFailure> {
        await withUnsafeContinuation { continuation in
            Thread.start {
                do throws(MongoFailure) {
                    continuation.resume(returning: .success(try wait(for: address, work)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }
}
