import Foundation
import Testing
import WeirConfiguration

@Suite struct RefusalTests {
    @Test(arguments: [
        (
            "limits: {max_queue_metadata: lots}",
            "must be a whole number of bytes from 1 to 16777216, not the text"
        ),
        ("limits: {max_queue_metadata: \"20\"}", "not the text \"20\""),
        ("limits: {max_queue_metadata: 0}", "from 1 to 16777216, not 0"),
        ("limits: {max_queue_metadata: 1.5}", "not 1.5"),
        ("limits: {max_queue_metadata: true}", "not true"),
        ("limits: {max_queue_metadata: [1]}", "not a list"),
        ("limits: {max_queue_metadata: }", "not nothing"),
        ("limits: {max_queue_metadata: 99999999999999999999}", "not 99999999999999999999"),
        ("limits: {default_message_ttl: 59}", "from 60 to 2147483647, not 59"),
        ("limits: 5", "FILE: limits (line 1) must be a mapping of options, not 5"),
        ("limits: [a]", "must be a mapping of options, not a list"),
        ("data: 5", "FILE: data (line 1) must be the path of a folder, not 5"),
        ("data: \"\"", "not the text \"\""),
        ("data: \"a\\0b\"", "must be the path of a folder, not the text"),
        ("listen: 8888", "must be HOST:PORT or [IPV6]:PORT with a port from 0 to 65535, not 8888"),
        ("listen: {host: a}", "not a mapping"),
        ("insecure: maybe", "must be true or false (also yes, no, on, off, 1 and 0), not the text \"maybe\""),
        ("log: {level: loud}", "must be one of trace, debug, info, notice, warning, error, critical, not"),
        ("migration: {on_flavor_change: ask}", "must be one of move, refuse, not"),
        ("migration: {concurrency: 0}", "must be a whole number of queues from 1 to 1000, not 0"),
        ("cors: {allowed_origin: [[a]]}", "must be a list of at most 256 origins"),
        ("cors: {allowed_origin: [app.example]}", "origins such as https://app.example:8443"),
        ("cors: {allowed_origin: [https://app.example/]}", "without a path"),
        ("cors: {allowed_origin: [https://App.example]}", "must be a list"),
        ("notification: {allow: [10.1.0.0/8]}", "ranges of addresses such as 10.1.0.0/16"),
        ("notification: {allow: [10.0.0.0/33]}", "must be a list"),
        ("notification: {allow: [10.0.0.0/+8]}", "must be a list"),
        ("notification: {allow: [10.0.0/8]}", "must be a list"),
        ("notification: {allow: [10.01.0.0]}", "must be a list"),
        ("notification: {allow: [intranet]}", "must be a list"),
        ("notification: {allow: ['fd00::1/8']}", "must be a list"),
        ("notification: {allow: ['fe80::1%eth0']}", "must be a list"),
        ("notification: {allow: ['::/129']}", "must be a list"),
        ("enable_deprecated_api_versions: [2]", "must be a list out of 1, 1.1, separated by commas"),
        ("enable_deprecated_api_versions: {a: 1}", "not a mapping"),
        ("cors: {max_age: -1}", "FILE: cors.max_age (line 1) must be"),
    ])
    func `a value of the wrong type or beyond a bound is refused`(_ yaml: String, _ part: String) throws {
        let text = try #require(try refusal(yaml))
        #expect(text.contains(part))
        #expect(!text.contains("\n"))
    }

    @Test(arguments: [
        ("lissten: x", "FILE: lissten (line 1) is no option; the nearest one is listen"),
        (
            "limits:\n  max_queue_metdata: 1",
            "max_queue_metdata (line 2) is no option; the nearest one is limits.max_queue_metadata"
        ),
        ("max_queue_metadata: 1", "(line 1) is no option; the nearest one is limits.max_queue_metadata"),
        ("pooling: {catalog: {virtual_pool: 1}}", "the nearest one is pooling.catalog.enable_virtual_pool"),
        ("limit: {}", "the nearest one is limits"),
        (
            "limits.max_queue_metadata: 1",
            "FILE: limits.max_queue_metadata (line 1) must be written as nested keys"
        ),
        ("5: 1", "FILE: 5 (line 1) is no option; the nearest one is"),
        ("[a]: 1", "FILE: line 1 has a key that is not text"),
        ("<<: {listen: a}", "FILE: << (line 1) is no option"),
    ])
    func `an unknown key is refused with the nearest one`(_ yaml: String, _ part: String) throws {
        #expect(try refusal(yaml)?.contains(part) == true)
    }

    @Test(arguments: [
        ("data: a\ndata: b\n", "FILE has the key data twice in one mapping (line 1)"),
        ("log:\n  level: info\n  level: debug\n", "FILE has the key level twice in one mapping (line 2)"),
        ("- a\n", "FILE must hold a YAML mapping of options, not a list"),
        ("words\n", "FILE must hold a YAML mapping of options, not the text \"words\""),
        ("data: a\nlog: [\n", "FILE is not YAML in line 3: "),
        ("data: \"a\nlisten: b", "FILE is not YAML in line "),
        ("data: a\n\tb: c\n", "FILE is not YAML in line 2: "),
        ("data: *x\n", "FILE is not YAML in line 1: "),
        ("data: a\n---\ndata: b\n", "FILE is not YAML in line 2: "),
        ("data: a\nlog: \u{7}\n", "FILE is not YAML in line 2: "),
    ])
    func `a file that is no mapping of options is refused`(_ yaml: String, _ start: String) throws {
        let text = try #require(try refusal(yaml))
        #expect(text.hasPrefix(start))
        #expect(!text.contains("\n"))
    }

    @Test func `variables and flags are named in the refusal`() throws {
        #expect(
            try refusal(environment: ["WEIR_LISTEN": "x"])
                == "WEIR_LISTEN must be HOST:PORT or [IPV6]:PORT with a port from 0 to 65535, not \"x\"")
        #expect(
            try refusal(flags: ["log-level": "loud\n"])
                == "--log-level must be one of trace, debug, info, notice, warning, error, critical, "
                + "not \"loud\\n\"")
        #expect(try refusal(flags: ["lisen": "x"]) == "--lisen is no flag; the nearest one is --listen")
    }

    @Test func `a secret does not show in its refusal`() throws {
        let text = try #require(try refusal(environment: ["WEIR_CATALOG": "redis://:hunter2@h\n"]))
        #expect(text == "WEIR_CATALOG must be a store URI, or empty, not what was given")
    }

    @Test func `a refusal shows no more than the start of a long value`() throws {
        let long = String(repeating: "x", count: 5000)
        #expect(try #require(try refusal(environment: ["WEIR_LISTEN": long])).count < 200)
    }

    @Test func `a file that cannot be read is refused`() throws {
        #expect(throws: ConfigurationError.self) {
            try Settings.load(flags: [:], environment: [:], file: "/nonexistent/weir.yaml")
        }
        #expect(throws: ConfigurationError.self) {
            try Settings.load(flags: [:], environment: [:], file: "/")
        }
        for data in [Data([0x6C, 0xFF, 0xFE]), Data(repeating: 0x23, count: 1_048_577)] {
            try withFile(data) { path in
                _ = #expect(throws: ConfigurationError.self) {
                    try Settings.load(flags: [:], environment: [:], file: path)
                }
            }
        }
    }

    @Test(arguments: ["10.1.0.0/16", "127.0.0.1", "0.0.0.0/0", "10.1.2.3/32", "::1", "fd00::/8", "::/0", "::1/128", "::ffff:10.0.0.0/104"])
    func `a range of addresses is taken`(_ range: String) throws {
        #expect(try refusal("notification: {allow: ['\(range)', 10.0.0.0/8]}") == nil)
        #expect(try refusal(environment: ["WEIR_NOTIFICATION_ALLOW": "\(range), 10.0.0.0/8"]) == nil)
    }
}
