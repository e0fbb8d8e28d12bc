import Testing
import WeirDomain

@Suite("Addresses that requests may go to") struct AddressTests {
    @Test(
        "public addresses may be reached",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1", "64:ff9b::8.8.8.8", "2002:808:808::1",
            "::ffff:8.8.8.8", "3ffe::1", "2001:4860:4860::8888",
        ])
    func open(text: String) throws {
        #expect(AddressRule().objection(to: try #require(IPAddress(text))) == nil)
    }

    @Test(
        "all others have a kind",
        arguments: [
            ("127.0.0.1", "loopback"), ("::1", "loopback"), ("::ffff:127.0.0.1", "loopback"), ("10.1.2.3", "private"),
            ("fd00::1", "private"), ("169.254.169.254", "link-local"), ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("100.64.0.1", "shared between a provider's customers"), ("224.0.0.1", "multicast"),
            ("ff02::1", "multicast"),
            ("255.255.255.255", "reserved or broadcast"), ("0.0.0.0", "unspecified"), ("::", "unspecified"),
            ("::127.0.0.1", "an IPv4-compatible address"), ("2001:0:1::1", "a Teredo address"),
            ("64:ff9b::10.0.0.1", "private"), ("64:ff9b::224.0.0.1", "multicast"), ("2002:7f00:1::", "loopback"),
            ("2001:db8::1", "set aside for documentation or tests"), ("4000::1", "not a global unicast address"),
        ])
    func closed(text: String, kind: String) throws {
        #expect(AddressRule().objection(to: try #require(IPAddress(text))) == kind)
    }

    @Test("the operator's ranges allow what they contain, and never what nobody can serve from")
    func allowed() throws {
        let everything = AddressRule(allowing: try ["0.0.0.0/0", "::/0"].map { try #require(AddressRange($0)) })
        for text in ["127.0.0.1", "10.0.0.1", "::1", "fd00::1", "169.254.169.254", "::ffff:10.0.0.1"] {
            #expect(everything.objection(to: try #require(IPAddress(text))) == nil, "\(text)")
        }
        for text in ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "::2", "2001::1", "::ffff:0.0.0.0"] {
            #expect(everything.objection(to: try #require(IPAddress(text))) != nil, "\(text)")
        }
        let some = AddressRule(allowing: [try #require(AddressRange("10.1.0.0/16"))])
        #expect(some.objection(to: try #require(IPAddress("10.1.255.255"))) == nil)
        #expect(some.objection(to: try #require(IPAddress("::ffff:10.1.0.1"))) == nil)
        #expect(some.objection(to: try #require(IPAddress("10.2.0.0"))) == "private")
    }

    @Test(
        "texts that are no address in its usual spelling are none",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", "0x1.2.3.4", " 1.2.3.4", "1.2.3.4 ",
            "+1.2.3.4",
            ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "::12345", "::g", "::1%lo",
            "[::1]",
            "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "::-1", "::+1", "1:2:3:4:5:6:7:1.2.3.4",
        ])
    func none(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "addresses are written so that they read back",
        arguments: ["::", "::1", "1:2:3:4:5:6:7:8", "fe80::1:0:0:2", "1::", "1.2.3.4", "::ffff:1.2.3.4"])
    func text(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(IPAddress(address.text) == address)
    }

    @Test(
        "ranges contain what begins like them",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("0.0.0.0/0", "1.2.3.4", true), ("::/0", "1.2.3.4", false), ("fd00::/9", "fd7f::", true),
            ("fd00::/9", "fd80::", false),
            ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4/32", "1.2.3.5", false), ("2001:db8::/65", "2001:db8::1", true),
            ("2001:db8::/65", "2001:db8:0:0:8000::", false),
        ])
    func ranges(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(
        "what is no range is refused",
        arguments: [
            "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "::/129", "10.0.0.0/+8", "x/8", "10.0.0.0/8/8", "10/8",
        ])
    func noRange(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
