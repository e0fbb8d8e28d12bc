import RedisEngine
import Testing

@Suite("URIs of Redis") struct RedisEndpointTests {
    private static func tcp(_ host: String, _ port: UInt16 = 6379) -> RedisEndpoint.Place {
        .tcp(RedisEndpoint.Address(host: host, port: port))
    }

    private static let sentinels = [
        RedisEndpoint.Address(host: "a", port: 26379), RedisEndpoint.Address(host: "::1", port: 5),
    ]

    @Test(
        "what a URI says is understood",
        arguments: [
            ("redis://localhost", RedisEndpoint(place: tcp("localhost"))),
            ("REDIS://localhost/", RedisEndpoint(place: tcp("localhost"))),
            ("redis://10.0.0.1:7000/3", RedisEndpoint(place: tcp("10.0.0.1", 7000), database: 3)),
            ("redis://[::1]:7000", RedisEndpoint(place: tcp("::1", 7000))),
            ("redis://[fe80::1]", RedisEndpoint(place: tcp("fe80::1"))),
            ("redis://h?dbid=4", RedisEndpoint(place: tcp("h"), database: 4)),
            ("redis://:s%3Ac%40t@h", RedisEndpoint(place: tcp("h"), password: "s:c@t")),
            ("redis://u%20x:p@h:1", RedisEndpoint(place: tcp("h", 1), user: "u x", password: "p")),
            ("redis://u:a@b@h", RedisEndpoint(place: tcp("h"), user: "u", password: "a@b")),
            ("redis+unix:///run/r.sock", RedisEndpoint(place: .unix("/run/r.sock"))),
            ("redis+unix:///run/a%20b?db=2", RedisEndpoint(place: .unix("/run/a b"), database: 2)),
            ("redis+unix://:p@/run/r.sock", RedisEndpoint(place: .unix("/run/r.sock"), password: "p")),
            ("redis:/run/r.sock?dbid=7", RedisEndpoint(place: .unix("/run/r.sock"), database: 7)),
            ("redis+sentinel://a,[::1]:5/m", RedisEndpoint(place: .sentinel(sentinels, master: "m"))),
            (
                "redis+sentinel://u:p@a,[::1]:5/m/9",
                RedisEndpoint(place: .sentinel(sentinels, master: "m"), user: "u", password: "p", database: 9)
            ),
            (
                "redis://a,[::1]:5?master=m%20x&dbid=1",
                RedisEndpoint(place: .sentinel(sentinels, master: "m x"), database: 1)
            ),
        ])
    func understood(uri: String, expected: RedisEndpoint) throws {
        #expect(try RedisEndpoint(uri: uri) == expected)
    }

    @Test(
        "what a URI cannot mean is refused, with a word about what is wrong",
        arguments: [
            ("redis://", "no host"), ("redis://:6379", "no host"), ("redis://a,b", "?master="),
            ("redis://a:0", "port"), ("redis://a:65536", "port"), ("redis://a:x", "port"), ("redis://[::1", "']'"),
            ("redis://[::1]5", "port"), ("redis://a/x", "database"), ("redis://a/-1", "database"),
            ("redis://a/1?db=2", "twice"), ("redis://a?db=1&db=1", "twice"), ("redis://a?timeout=1", "'timeout'"),
            ("redis://p@a", "user:password"), ("redis://:%zz@a", "hexadecimal"), ("redis://:%ff@a", "no text"),
            ("redis://a#b", "%23"), ("redis+unix://host/path", "absolute path"), ("redis+unix://", "absolute path"),
            ("redis:relative", "absolute path"), ("redis+sentinel://a", "master"), ("redis+sentinel://a/", "master"),
            ("redis+sentinel://a/m/x", "database"), ("redis+sentinel://a,/m", "no host"),
            ("redis://a?master=", "master"), ("rediss://a", "unknown scheme"), ("nothing", "no scheme"),
        ])
    func refused(uri: String, word: String) {
        #expect {
            _ = try RedisEndpoint(uri: uri)
        } throws: { error in
            (error as? RedisURIError)?.reason.contains(word) == true
        }
    }

    @Test("where a server is can be told without its password")
    func describes() throws {
        for uri in ["redis://:secret@h", "redis+unix://:secret@/run/r", "redis+sentinel://:secret@a,b/m"] {
            #expect(try !RedisEndpoint(uri: uri).description.contains("secret"))
        }
        #expect(try RedisEndpoint(uri: "redis://[::1]:5").description == "[::1]:5")
    }
}
