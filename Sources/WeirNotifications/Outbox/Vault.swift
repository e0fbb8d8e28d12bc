package import WeirCatalog
package import WeirOperations

/// Where the notifier keeps what it has to do: in queues of the catalog, sealed if this node can seal. Messages of queues
/// that are encrypted are in there too.
package struct Vault: Sendable {
    package let catalog: Catalog
    package let cipher: BodyCipher

    package init(catalog: Catalog, cipher: BodyCipher) {
        self.catalog = catalog
        self.cipher = cipher
    }
}
