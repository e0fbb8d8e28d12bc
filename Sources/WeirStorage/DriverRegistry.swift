package import WeirDomain

/// What a driver needs to open a pool.
package struct PoolConfiguration: Sendable {
    package let uri: String
    /// The driver's options: the text of a JSON object, already checked to be one.
    package let options: [UInt8]
    /// Where relative file names of embedded stores are resolved: absolute.
    package let dataDirectory: String

    package init(uri: String, options: [UInt8], dataDirectory: String) {
        self.uri = uri
        self.options = options
        self.dataDirectory = dataDirectory
    }
}

/// Why a pool cannot be opened: one sentence for the operator who asked for it.
package struct PoolRefusal: Error, Hashable, Sendable {
    package let reason: String
    /// Whether it is what was given that is wrong, whatever state the store is in.
    package let isUsage: Bool

    package init(_ reason: String, isUsage: Bool = false) {
        self.reason = reason
        self.isUsage = isUsage
    }
}

/// One kind of store: its name, the URIs it takes, what it can promise, and how to open a pool.
package struct DriverRegistration: Sendable {
    package let name: String
    /// Schemes of the URIs it serves, lower case.
    package let schemes: [String]
    package let matrix: CapabilityMatrix
    /// Whether its pools are part of the process, out of reach of other nodes.
    package let isEmbedded: Bool
    /// Says in a sentence what is wrong with the uri or the options, without asking the store. What it lets through may
    /// still not open.
    package let check: @Sendable (PoolConfiguration) throws(PoolRefusal) -> Void
    /// Opens the pool, or says in a sentence why it cannot be.
    package let open: @Sendable (PoolConfiguration) async throws(PoolRefusal) -> any PoolDriver

    package init(
        name: String, schemes: [String], matrix: CapabilityMatrix, isEmbedded: Bool = false,
        check: @escaping @Sendable (PoolConfiguration) throws(PoolRefusal) -> Void = { _ in },
        open: @escaping @Sendable (PoolConfiguration) async throws(PoolRefusal) -> any PoolDriver
    ) {
        self.name = name
        self.schemes = schemes
        self.matrix = matrix
        self.isEmbedded = isEmbedded
        self.check = check
        self.open = open
    }
}

/// The drivers of this build.
package struct DriverRegistry: Sendable {
    package let drivers: [DriverRegistration]

    package init(_ drivers: [DriverRegistration]) {
        self.drivers = drivers
    }

    /// The driver for the scheme of `uri`.
    package func driver(for uri: String) throws(PoolRefusal) -> DriverRegistration {
        guard let colon = uri.firstIndex(of: ":") else {
            throw PoolRefusal("uri: has no scheme; expected one of \(schemeList)")
        }
        let scheme = uri[..<colon].lowercased()
        guard let driver = drivers.first(where: { $0.schemes.contains(scheme) }) else {
            throw PoolRefusal("uri: unknown scheme '\(scheme)'; expected one of \(schemeList)")
        }
        return driver
    }

    private var schemeList: String {
        drivers.flatMap(\.schemes).joined(separator: ", ")
    }
}
