internal import CMongoc
internal import StoreThreads
internal import Synchronization

/// The connections to one deployment, and the threads of the library that watch it.
// Sendable by hand: the library guards its pool by itself.
package final class MongoClients: @unchecked Sendable {
    package let address: MongoAddress
    private let pool: OpaquePointer
    private let users = Latch()
    private let isOpen = Atomic(true)

    /// Connects to nobody yet. Nil if the library cannot use the address, for want of TLS for example.
    package init?(_ address: MongoAddress) {
        self.address = address
        guard let pool = mongoc_client_pool_new(address.uri) else { return nil }
        self.pool = pool
        mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2)
    }

    /// A connection for one thread, which gives it back by `release`. Waits if all are taken (100 unless the uri
    /// says otherwise).
    func connection() -> MongoConnection? {
        users.add(1)
        guard let client = mongoc_client_pool_pop(pool) else {
            users.leave()
            return nil
        }
        return MongoConnection(client, address)
    }

    func release(_ connection: MongoConnection) {
        connection.close()
        mongoc_client_pool_push(pool, connection.client)
        users.leave()
    }

    /// Closes all connections, after those who use one have given it back. Nobody may ask for one any more.
    package func shutdown() async {
        await users.wait()
        guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
        // Closing waits half a second for the library's own threads, so it gets one, and nobody waits for that.
        Thread.start { [self] in mongoc_client_pool_destroy(pool) }
    }
}
