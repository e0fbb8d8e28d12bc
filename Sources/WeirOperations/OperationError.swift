package import WeirDomain
package import WeirStorage
internal import WeirCatalog

/// Why an operation was refused, in words for the caller that name the field and the limit. Nothing was done.
package enum OperationError: Error, Hashable, Sendable {
    /// A limit or a rule was broken.
    case invalidRequest(String)
    /// The request's body has the wrong shape.
    case invalidBody(String)
    /// There is no such thing.
    case notFound(String)
    /// It clashes with what is there.
    case conflict(String)
    /// A live claim, a flavor or queues forbid the deletion.
    case deletionForbidden(String)
    /// The claim named with a deletion is not one that holds the message.
    case deletionClaimInvalid(String)
    case poolRefused(String)
    case flavorRefused(String)
    case flavorUpdateRefused(String)
    /// The change names nothing that can be changed.
    case subscriptionUpdateRefused(String)
    /// It takes an identity service, and there is none.
    case identityMissing(String)
    /// The service is not able to, whoever asks: the operator has to mend something.
    case failure(String)
    /// No pool takes the queue as long as the operator changes nothing.
    case noPool(String)
    /// The store did not do it now; it may later.
    case unavailable(StorageError)

    init(_ error: StorageError) {
        self = .unavailable(error)
    }

    init(_ error: CatalogError) {
        switch error {
        case .storage(let error): self = .unavailable(error)
        case .unknownFlavor(let name): self = .invalidRequest("_flavor: there is no flavor named '\(name)'.")
        case .noPool(nil): self = .noPool("No pool without a flavor takes new queues.")
        case .noPool(.some(let flavor)): self = .noPool("_flavor: no pool of flavor '\(flavor)' takes new queues.")
        case .flavorNotServed(let flavor, let pool, let missing):
            let lack = missing.isEmpty ? "is not one of its pools" : "lacks \(missing.names)"
            self = .conflict(
                "_flavor: the queue lives in pool '\(pool)', which \(lack); for flavor '\(flavor)' move the queue first, "
                    + "with POST /v2/migrations, to one of its pools.")
        case .contended: self = .unavailable(.busy)
        }
    }
}

extension CapabilitySet {
    /// The names, separated by commas.
    package var names: String {
        members.map(\.rawValue).joined(separator: ", ")
    }
}

/// Evaluates `value` and turns what the store says into what the caller is told.
func operation<Value>(
    _ value: @autoclosure () async throws(StorageError) -> Value
) async throws(OperationError) -> Value {
    try await operation(steps: value)
}

/// Likewise, for what takes more than one expression.
func operation<Value>(
    steps: () async throws(StorageError) -> Value
) async throws(OperationError) -> Value {
    do throws(StorageError) {
        return try await steps()
    } catch {
        throw OperationError(error)
    }
}

extension OperationError: CustomStringConvertible {
    /// In words, for a log line.
    package var description: String {
        if case .unavailable(let error) = self { error.reason } else { sentence }
    }
}
