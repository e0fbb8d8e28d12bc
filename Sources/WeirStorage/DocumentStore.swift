package import WeirDomain

/// What a part of the service keeps in the catalog and alone understands: a subscription, a lease, a cursor.
package struct Document: Hashable, Sendable {
    /// What sort of document it is. Names of different kinds never meet.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case subscription
        /// Which subscription of a queue has a subscriber.
        case subscriber
        case lease
    }

    /// What names a document: `owner` is what it belongs to, often a queue, and `name` tells those of one owner apart.
    /// Both are of any characters; `owner` may be empty, `name` is not.
    package struct Key: Hashable, Sendable {
        package let kind: Kind
        package let project: ProjectID
        package let owner: String
        package let name: String

        package init(kind: Kind, project: ProjectID, owner: String, name: String) {
            self.kind = kind
            self.project = project
            self.owner = owner
            self.name = name
        }
    }

    package let key: Key
    /// At most `Limits.documentBytes`.
    package var content: [UInt8]
    /// When it ends: from then on there is no such document. Nil for one that stays.
    package var expires: Timestamp?
    /// Grows with every change of the document; a change names the version it saw. A document that was removed and
    /// inserted again may have a version it had before.
    package var version: Int64

    package init(key: Key, content: [UInt8], expires: Timestamp? = nil, version: Int64 = 1) {
        self.key = key
        self.content = content
        self.expires = expires
        self.version = version
    }
}

/// The part of a catalog that remembers documents. As everything in `CatalogStore`, each operation is atomic and durable
/// when it returns. `now` is the caller's clock: a document whose time is over is never seen, whether or not it has been
/// collected.
package protocol DocumentStore: Sendable {
    /// The document as it is now; nil if there is none.
    func document(_ key: Document.Key, now: Timestamp) async throws(StorageError) -> Document?

    /// Creates the document as version 1, whatever it says. False, and nothing is changed, if there is one of this key.
    func insert(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool

    /// Replaces content and end of the document of the same key and version, which gets the next version. False, and
    /// nothing is changed, if there is none such. Of two that race one gets true.
    func replace(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool

    /// Removes the document, if it has this version; with nil whatever its version. True if it was there and is gone.
    func removeDocument(_ key: Document.Key, version: Int64?, now: Timestamp) async throws(StorageError) -> Bool

    /// The owner's documents of this kind in byte order of their names, after this name; an empty name begins at the
    /// first. O(page), however many documents there are; expired ones that were not collected are passed over.
    func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) async throws(StorageError) -> [Document]

    /// How many documents of this kind the owner has, counted up to `limit`. Some whose time is over may be among them
    /// for as long as they are not collected.
    func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) async throws(StorageError) -> Int

    /// Removes at most `limit` documents whose time is over. True if there may be more.
    func collectDocuments(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool
}
