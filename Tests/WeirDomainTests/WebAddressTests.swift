import Testing
import WeirDomain

@Suite("Subscribers' URIs") struct WebAddressTests {
    @Test(
        "a URI is read and written anew",
        arguments: [
            ("http://a.example", "http://a.example:80/"), ("HTTPS://A.Example/x?y#z", "https://a.example:443/x?y"),
            ("http://a_b.example:8080?q", "http://a_b.example:8080/?q"),
            ("http://1.2.3.4:1/%20", "http://1.2.3.4:1/%20"),
            ("http://[::1]:99", "http://[0:0:0:0:0:0:0:1]:99/"), ("http://a#b", "http://a:80/"),
            ("http://4a.b4/", "http://4a.b4:80/"),
        ])
    func good(text: String, written: String) throws {
        #expect(try WebAddress(text).text == written)
    }

    @Test(
        "a URI that two programs could read in two ways is refused",
        arguments: [
            "", "a.example", "ftp://a.example/", "http:/a.example", "http:a.example", "//a.example",
            " http://a.example",
            "http://", "http:///x", "http://@a.example/", "http://u:p@a.example/", "http://a.example:0/",
            "http://a.example:65536/",
            "http://a.example:/", "http://a.example:080/", "http://a.example:8x/", "http://a.example:-1/",
            "http://a.example:+1/",
            "http://a..b/", "http://a.example./", "http://.a/", "http://-a/", "http://a-/", "http://1/",
            "http://1.2.3/",
            "http://0x7f000001/", "http://a.0x1/", "http://a.1/", "http://1.2.3.04/", "http://a%2e/", "http://[::1/",
            "http://[::1]x/",
            "http://[1.2.3.4]/", "http://[::1%25lo]/", "http://a\\b/", "http://a b/", "http://a\t/",
            "http://a/\r\nX: y", "http://ä/",
            "http://a/ä", "http://a/\u{0}", "http://a/<", "javascript://a/",
            "http://\(String(repeating: "a", count: 64))/",
            "http://a/\(String(repeating: "a", count: 2048))",
        ])
    func bad(text: String) {
        #expect(throws: DeliveryFault.self) { try WebAddress(text) }
    }

    @Test(
        "headers that say where a request goes, or have what headers cannot have, are refused",
        arguments: [
            ("Host", "x"), ("host", "x"), ("Content-Length", "1"), ("TRANSFER-ENCODING", "chunked"),
            ("Connection", "close"),
            ("Upgrade", "h2c"), ("TE", "trailers"), ("webhook-signature", "v1,x"), ("", "x"), ("a b", "x"), ("a:", "x"),
            ("a\r\nb", "x"),
            ("ä", "x"), ("a", "x\r\nHost: y"), ("a", "x\ny"), ("a", "x\u{0}"), ("a", "ä"), ("a", "\u{7F}"),
            (String(repeating: "a", count: 129), "x"), ("a", String(repeating: "x", count: 4097)),
        ])
    func headers(name: String, value: String) {
        #expect(throws: DeliveryFault.self) { try DeliveryHeader(name: name, value: value) }
    }

    @Test("other headers are taken, without blanks around them")
    func goodHeader() throws {
        #expect(try DeliveryHeader(name: "X-Auth_Token!", value: " \ta b\t ").value == "a b")
        #expect(try DeliveryHeader(name: "X", value: "   ").value == "")
        #expect(try DeliveryHeader(name: "Content-Type", value: "x").isNamed("content-TYPE"))
    }
}
