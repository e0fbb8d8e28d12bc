import Testing
import WeirBench

@Suite struct EndpointTests {
    @Test(
        "a plain http URL gives host and port",
        arguments: [
            ("http://127.0.0.1:8888", "127.0.0.1", 8888, "127.0.0.1:8888"),
            ("HTTP://localhost:1/", "localhost", 1, "localhost:1"),
            ("http://weir.example", "weir.example", 80, "weir.example:80"),
            ("http://[::1]:65535", "::1", 65535, "[::1]:65535"),
            ("http://[::1]", "::1", 80, "[::1]:80"),
        ])
    func good(url: String, host: String, port: Int, authority: String) throws {
        let endpoint = try Endpoint(url: url)
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.authority == authority)
    }

    @Test(
        "anything else is refused with the URL in the text",
        arguments: [
            "", "127.0.0.1:8888", "https://localhost:8888", "http://", "http://:80", "http://h:0",
            "http://h:65536",
            "http://h:", "http://h:8x", "http://h:+8", "http://h/v2", "http://h:80/v2", "http://u@h:80",
            "http://[::1",
            "http://[::1]x", "http://::1:80", "http://h h:80", "http://h\r\nX: 1:80", "http://h?x",
        ])
    func bad(url: String) {
        #expect { try Endpoint(url: url) } throws: { error in
            String(describing: error).contains("'\(url)'")
        }
    }
}
