import Testing
import WeirConfiguration

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8888", "127.0.0.1", 8888, true), ("127.9.9.9:1", "127.9.9.9", 1, true),
        ("localhost:0", "localhost", 0, true), ("LOCALHOST:1", "LOCALHOST", 1, true),
        ("[::1]:65535", "::1", 65_535, true), ("[0:0:0:0:0:0:0:1]:1", "0:0:0:0:0:0:0:1", 1, true),
        ("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, true),
        ("[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", 1, false),
        ("0.0.0.0:80", "0.0.0.0", 80, false), ("[::]:80", "::", 80, false),
        ("queue-1.example.org:80", "queue-1.example.org", 80, false),
        ("127.0.0.1.example.org:80", "127.0.0.1.example.org", 80, false),
    ])
    func `addresses are read and known as loopback or not`(
        _ text: String, _ host: String, _ port: Int, _ isLoopback: Bool
    ) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isLoopback == isLoopback)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", ":", ":8888", "8888", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "::1:8888", "[::1]", "[::1]8888", "[127.0.0.1]:1", "[]:1", "a b:1", "http://a:1",
        "a/b:1", "[::1:1", "*:1", "host:1\n",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
