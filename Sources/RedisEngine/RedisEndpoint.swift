/// Where a Redis is and how to get in.
package struct RedisEndpoint: Hashable, Sendable {
    /// A TCP address.
    package struct Address: Hashable, Sendable {
        /// A name, an IPv4 address, or an IPv6 address without brackets.
        package let host: String
        package let port: UInt16

        package init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }
    }

    /// Where the server is.
    package enum Place: Hashable, Sendable {
        case tcp(Address)
        /// The path of a Unix socket.
        case unix(String)
        /// Wherever these sentinels say that the master of this name is.
        case sentinel([Address], master: String)
    }

    package var place: Place
    /// Nil for the server's default user.
    package var user: String?
    package var password: String?
    package var database: Int

    package init(place: Place, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.place = place
        self.user = user
        self.password = password
        self.database = database
    }

    /// For logs: where, and never the password.
    package var description: String {
        switch place {
        case .tcp(let address): address.description
        case .unix(let path): path
        case .sentinel(let sentinels, let master):
            "master \(master) of \(sentinels.map(\.description).joined(separator: ", "))"
        }
    }
}

extension RedisEndpoint.Address {
    /// `host:port`, an IPv6 address in brackets.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// What is wrong with a URI: a sentence for the operator, without the password.
package struct RedisURIError: Error, Hashable, Sendable {
    package let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
