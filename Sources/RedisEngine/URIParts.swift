/// A URI taken apart. Lists of hosts are not what common parsers expect.
struct URIParts {
    let scheme: String
    /// What follows `//`, up to the path; nil without `//`.
    let authority: String?
    /// The authority without the user.
    let hosts: String
    let user: String?
    let password: String?
    let path: String
    let query: [String: String]

    init(_ uri: String) throws(RedisURIError) {
        guard let colon = uri.firstIndex(of: ":") else { throw RedisURIError("has no scheme") }
        scheme = uri[..<colon].lowercased()
        var rest = uri[uri.index(after: colon)...]
        guard !rest.contains("#") else { throw RedisURIError("'#' has no meaning here: write %23") }
        query = try Self.query(rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] } ?? "")
        rest = rest.prefix { $0 != "?" }
        if rest.hasPrefix("//") {
            let authority = rest.dropFirst(2).prefix { $0 != "/" }
            path = String(rest.dropFirst(2 + authority.count))
            self.authority = String(authority)
            (hosts, user, password) = try Self.login(authority)
        } else {
            (authority, hosts, user, password, path) = (nil, "", nil, nil, String(rest))
        }
    }

    private static func login(
        _ authority: Substring
    ) throws(RedisURIError) -> (hosts: String, user: String?, password: String?) {
        guard let at = authority.lastIndex(of: "@") else { return (String(authority), nil, nil) }
        let hosts = String(authority[authority.index(after: at)...])
        let login = authority[..<at]
        guard let colon = login.firstIndex(of: ":") else {
            throw RedisURIError("expected user:password or :password before the '@'")
        }
        let user = try decode(login[..<colon])
        return (hosts, user.isEmpty ? nil : user, try decode(login[login.index(after: colon)...]))
    }

    private static func query(_ text: Substring) throws(RedisURIError) -> [String: String] {
        var query: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let name = String(pair.prefix { $0 != "=" })
            guard query[name] == nil else { throw RedisURIError("?\(name) is there twice") }
            query[name] = try decode(pair.dropFirst(name.count + 1))
        }
        return query
    }

    /// Refuses parameters that mean nothing here.
    func allow(_ names: [String]) throws(RedisURIError) {
        guard let stranger = query.keys.sorted().first(where: { !names.contains($0) }) else { return }
        throw RedisURIError("unknown parameter '\(stranger)'; known are \(names.joined(separator: ", "))")
    }

    /// The number of the database, which may be named in one place.
    func database(inPath: Int?) throws(RedisURIError) -> Int {
        var named: [Int] = inPath.map { [$0] } ?? []
        for name in ["db", "dbid"] {
            guard let text = query[name] else { continue }
            named.append(try Self.number(text, "?\(name)"))
        }
        guard named.count <= 1 else { throw RedisURIError("the database is named twice") }
        return named.first ?? 0
    }

    /// The database as the whole path, if there is one.
    func pathDatabase() throws(RedisURIError) -> Int? {
        guard !path.isEmpty, path != "/" else { return nil }
        return try Self.number(String(path.dropFirst()), "the path")
    }

    static func number(_ text: String, _ what: String) throws(RedisURIError) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let number = Int(text), number <= 65_535
        else { throw RedisURIError("\(what) is the number of a database, from 0") }
        return number
    }

    func addresses(defaultPort: UInt16) throws(RedisURIError) -> [RedisEndpoint.Address] {
        var addresses: [RedisEndpoint.Address] = []
        for host in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try Self.address(host, defaultPort))
        }
        return addresses
    }

    private static func address(
        _ text: Substring, _ defaultPort: UInt16
    ) throws(RedisURIError) -> RedisEndpoint.Address {
        let host: Substring
        let port: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw RedisURIError("a '[' has no ']'") }
            host = text[text.index(after: text.startIndex)..<end]
            port = text[text.index(after: end)...]
        } else {
            host = text.prefix { $0 != ":" }
            port = text.dropFirst(host.count)
        }
        guard !host.isEmpty else { throw RedisURIError("has no host") }
        guard !port.isEmpty else { return RedisEndpoint.Address(host: String(host), port: defaultPort) }
        guard port.hasPrefix(":"), let number = UInt16(port.dropFirst()), number > 0 else {
            throw RedisURIError("the port of '\(host)' is a number from 1 to 65535")
        }
        return RedisEndpoint.Address(host: String(host), port: number)
    }

    func decoded(_ text: String) throws(RedisURIError) -> String {
        try Self.decode(text[...])
    }

    /// Replaces each %XX by its byte.
    private static func decode(_ text: Substring) throws(RedisURIError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                throw RedisURIError("a '%' is followed by two hexadecimal digits")
            }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw RedisURIError("what the '%' escapes stand for is no text")
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
