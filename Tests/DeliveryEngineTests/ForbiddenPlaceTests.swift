import DeliveryEngine
import Synchronization
import TestSupport
import Testing
import WeirDomain

/// Answers as it is told, and counts the questions.
private final class ScriptedNames: NameService {
    private let script: Mutex<[String: [[IPAddress]]]>
    let questions = Mutex(0)

    init(_ script: [String: [[String]]]) {
        self.script = Mutex(script.mapValues { $0.map { $0.compactMap { IPAddress($0) } } })
    }

    func addresses(of name: String, for project: ProjectID?) async throws(DeliveryFailure) -> [IPAddress] {
        questions.withLock { $0 += 1 }
        let answer: [IPAddress]? = script.withLock { script in
            guard let rest = script[name], let first = rest.first else { return nil }
            if rest.count > 1 { script[name]?.removeFirst() }
            return first
        }
        guard let answer else { throw .unreachable("no address for \(name)") }
        return answer
    }
}

@Suite("Places that no request reaches") struct ForbiddenPlaceTests {
    /// Hosts that lead, or are hoped to lead, to what is not public.
    private static let hosts: [String] =
        // Loopback in the spellings that one resolver or another takes.
        [
            "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7F000001",
            "0x7f.0.0.1", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "0177.0.0.01", "0177.1", "017700000001",
            "00000177.0.0.1", "127.0.0.1.", "127.0.0.01", "127.00.0.1", "127.0.0.0x1", "127.000.000.001", "0127.0.0.1",
            "127。0。0。1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127.0.0.1%00", "127.0.0.%31", "%31%32%37.0.0.1",
            "127.0.0.1%2f", "127.0.0.1%09", "①27.0.0.1", "localhost%00.example", "4294967297", "127.0.0.257",
            "[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0001]", "[0::1]",
            "[::127.0.0.1]", "[::7f00:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]",
            "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
            "[::1%25lo]", "[::1%lo]", "[fe80::1%25eth0]", "[::1]%00", "[v1.fe80]", "[::1", "::1", "[127.0.0.1]",
        ]
        // Unspecified, broadcast, multicast.
        + [
            "0.0.0.0", "0", "0x0", "00", "0.0", "0.0.0", "0.1.2.3", "000.000.000.000", "[::]", "[0:0:0:0:0:0:0:0]",
            "[::0.0.0.0]", "[::ffff:0.0.0.0]", "255.255.255.255", "4294967295", "0xffffffff", "0377.0377.0377.0377",
            "224.0.0.1", "239.255.255.250", "[ff02::1]", "[ff05::2]", "240.0.0.1", "250.1.2.3", "[::ffff:224.0.0.1]",
        ]
        // Metadata and link-local.
        + [
            "169.254.169.254", "2852039166", "0xa9fea9fe", "0xA9.0xFE.0xA9.0xFE", "0251.0376.0251.0376",
            "169.254.43518",
            "169.16689662", "169.254.169.254.", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::a9fe:a9fe]",
            "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::a9fe:a9fe]",
            "168.63.129.16", "100.100.100.200", "169.254.0.1", "[febf::1]", "[fec0::1]",
        ]
        // Private and shared networks, documentation, tests.
        + [
            "10.0.0.1", "10.255.255.255", "012.0.0.1", "167772161", "0x0a000001", "10.1", "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1", "192.168.1", "3232235521", "0xc0.0xa8.0x00.0x01", "100.64.0.1", "100.127.255.255",
            "192.0.0.1",
            "192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "192.88.99.1", "[fc00::1]",
            "[fd12:3456::1]", "[::ffff:10.0.0.1]", "[::ffff:192.168.0.1]", "[64:ff9b::10.0.0.1]", "[2002:c0a8:1::1]",
            "[2002:a00:1::]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[4000::1]", "[2001:10::1]", "[2001:2::1]",
        ]
        // Other readings of one text.
        + [
            "user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1@127.0.0.1", "user:password@[::1]",
            "example.com#@127.0.0.1",
            "127.0.0.1\\@example.com", "example.com\\.127.0.0.1", "127.0.0.1 .example", "127.0.0.1\t",
            "127.0.0.1\r\nHost: x",
            "127.0.0.1\u{0}", "lo\u{AD}calhost", "localhost\u{200B}", "ʟocalhost", "-localhost", "localhost-.",
            "local..host",
            ".localhost", "localhost..", "LOCALHOST", "LocalHost", "localhost", "localhost.", "ip6-localhost",
            "1.0.0.127.in-addr.arpa.",
        ]

    @Test(
        "no spelling of a forbidden address makes a connection, nor a redirect to one, nor a name that changes its mind"
    )
    func spellings() async throws {
        let server = try LocalServer { _ in LocalServer.answering(200) }
        let names = ScriptedNames([
            "localhost": [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"]], "ip6-localhost": [["::1"]],
        ])
        let client = WebClient(concurrency: 8, names: names, rule: AddressRule()) { OwnPlaces(machine: []) }
        var tried = 0
        for scheme in ["http", "https", "HTTP"] {
            for host in Self.hosts {
                tried += 1
                let uri = "\(scheme)://\(host):\(server.port)/x"
                guard let address = try? WebAddress(uri) else { continue }
                await #expect(throws: DeliveryFailure.self, "\(uri)") {
                    try await client.send(WebRequest(address: address, headers: [], body: []))
                }
            }
        }
        #expect(Self.hosts.count >= 160 && Set(Self.hosts).count == Self.hosts.count && tried == 3 * Self.hosts.count)
        #expect(server.accepted == 0)
        await client.shutdown()
        server.stop()
    }

    @Test("the same requests do connect where the operator allows it, so what is counted are the rules")
    func counted() async throws {
        let server = try LocalServer { _ in LocalServer.answering(200) }
        let names = ScriptedNames(["localhost": [["127.0.0.1"]]])
        let client = try client(names, allowing: ["127.0.0.0/8", "::1/128"])
        let hosts = ["127.0.0.1", "127.0.0.2", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]"]
        for host in hosts {
            #expect(try await client.post("http://\(host):\(server.port)/").status == 200)
        }
        #expect(server.accepted == hosts.count)
        await client.shutdown()
        server.stop()
    }

    @Test("a redirect is an answer, and is not followed", arguments: [301, 302, 303, 307, 308])
    func redirects(status: Int) async throws {
        let target = try LocalServer { _ in LocalServer.answering(200) }
        let places = [
            "http://127.0.0.2:\(target.port)/", "//127.0.0.2:\(target.port)/", "file:///etc/passwd",
            "gopher://127.0.0.2/",
        ]
        for place in places {
            let server = try LocalServer { _ in
                "HTTP/1.1 \(status) Moved\r\nLocation: \(place)\r\nRefresh: 0; url=\(place)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            }
            let client = try client(ScriptedNames([:]), allowing: ["127.0.0.1"])
            #expect(try await client.post("http://127.0.0.1:\(server.port)/").status == status)
            #expect(server.accepted == 1)
            await client.shutdown()
            server.stop()
        }
        #expect(target.accepted == 0)
        target.stop()
    }

    @Test("a name whose addresses change is looked up once a request, and each answer is judged")
    func rebinding() async throws {
        let (open, closed) = (
            try LocalServer { _ in LocalServer.answering(200) }, try LocalServer { _ in LocalServer.answering(200) }
        )
        let names = ScriptedNames([
            "turncoat.example": [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["::1"]]
        ])
        let client = try client(names, allowing: ["127.0.0.2/32"])
        let uri = "http://turncoat.example:\(open.port)/"
        #expect(try await client.post(uri).status == 200)
        await #expect(throws: DeliveryFailure.self) { try await client.post(uri) }
        // Of several addresses those that may be reached are.
        #expect(try await client.post(uri).status == 200)
        for _ in 0..<5 { await #expect(throws: DeliveryFailure.self) { try await client.post(uri) } }
        #expect(open.accepted == 2 && closed.accepted == 0)
        #expect(names.questions.withLock { $0 } == 8)
        await client.shutdown()
        for server in [open, closed] { server.stop() }
    }

    @Test("the service's own ports and stores are not reached although their addresses are allowed")
    func own() async throws {
        let server = try LocalServer { _ in LocalServer.answering(200) }
        var own = OwnPlaces(machine: [try #require(IPAddress("10.9.8.7"))])
        own.insert(NetworkPlace(address: try #require(IPAddress("127.0.0.1")), port: server.port))
        let names = ScriptedNames(["store.example": [["127.0.0.1"]]])
        let client = try client(names, allowing: ["0.0.0.0/0", "::/0"], own: own)
        for host in [
            "127.0.0.1", "127.0.0.77", "[::1]", "[::ffff:127.0.0.1]", "store.example", "10.9.8.7", "0.0.0.0", "[::]",
        ] {
            await #expect(throws: DeliveryFailure.self, "\(host)") {
                try await client.post("http://\(host):\(server.port)/")
            }
        }
        #expect(server.accepted == 0)
        await client.shutdown()
        server.stop()
    }

    @Test(
        "stores that nobody registered are left alone on machines that are not public", arguments: [6379, 26379, 27017])
    func storePorts(port: Int) async throws {
        let client = try client(ScriptedNames([:]), allowing: ["127.0.0.0/8"])
        let failure = await #expect(throws: DeliveryFailure.self) { try await client.post("http://127.0.0.1:\(port)/") }
        #expect(failure == .refused("127.0.0.1 is not to be reached: it is a port of stores"))
        await client.shutdown()
    }

    private func client(_ names: ScriptedNames, allowing ranges: [String], own: OwnPlaces? = nil) throws -> WebClient {
        let rule = AddressRule(allowing: try ranges.map { try #require(AddressRange($0)) })
        return WebClient(concurrency: 8, names: names, rule: rule) { own ?? OwnPlaces(machine: []) }
    }
}

extension WebClient {
    /// Sends an empty request.
    func post(_ uri: String, headers: [DeliveryHeader] = [], body: String = "") async throws -> WebAnswer {
        try await send(WebRequest(address: try WebAddress(uri), headers: headers, body: Array(body.utf8)))
    }
}
