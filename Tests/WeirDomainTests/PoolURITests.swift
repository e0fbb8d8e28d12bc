import Testing
import WeirDomain

@Suite("URIs of pools") struct PoolURITests {
    /// Passwords, as they stand in a URI.
    private static let passwords = [
        "secret", "s:e:c", "p@ss", "@", ":", "p%40ss%2F%3F", "***", "a***", "$&,;=+!()", "***@***", "ünïcode",
        "🙂",
        "x y", "[::1]", "\\", "%00",
    ]

    @Test("a password is never shown", arguments: passwords)
    func redacted(password: String) {
        for (before, after) in [
            ("redis://user:", "@host:6379/0"), ("redis://:", "@host"), ("mongodb://u:", "@a,b/x?y=z"),
        ] {
            #expect(PoolURI.redacted(before + password + after) == before + "***" + after)
        }
    }

    @Test("a password whose first character is a combining one is not shown either")
    func combining() {
        #expect(PoolURI.redacted("redis://user:\u{301}secret@host") == "redis://user:***@host")
    }

    @Test("the mask means the password of before", arguments: passwords)
    func restored(password: String) {
        let old = "redis://user:\(password)@host/0"
        #expect(PoolURI.restored(PoolURI.redacted(old), from: old) == old)
        #expect(
            PoolURI.restored("redis://user:***@other/1?x=y", from: old)
                == "redis://user:\(password)@other/1?x=y")
    }

    @Test("a new password replaces the one of before", arguments: passwords.filter { $0 != "***" })
    func replaced(password: String) {
        let uri = "redis://user:\(password)@host"
        #expect(PoolURI.restored(uri, from: "redis://user:old@host") == uri)
    }

    @Test(
        "the mask stays if there was no password before",
        arguments: ["", "sqlite:embedded", "redis://user@host"])
    func nothingToRestore(old: String) {
        #expect(PoolURI.restored("redis://user:***@host", from: old) == "redis://user:***@host")
    }

    @Test(
        "a URI without a password is shown as it is",
        arguments: [
            "", "sqlite:embedded", "sqlite:///var/lib/a:b@c.db", "redis://host:6379/0",
            "redis://user@host:6379",
            "mongodb://a:1,b:2/x", "redis:user:secret", "://", "mongodb://host/?tls=true&passwor=d", "redis://host?password",
        ])
    func nothingToHide(uri: String) {
        #expect(PoolURI.redacted(uri) == uri)
        #expect(PoolURI.restored(uri, from: "redis://user:old@host") == uri)
    }

    @Test("whatever the user and the password are, a URI leads to the same store", arguments: passwords)
    func oneStore(password: String) {
        for (before, after) in [("redis://", "host:6379/0"), ("mongodb://", "a,b/x?y=z")] {
            let uri = "\(before)user:\(password)@\(after)"
            for other in [before + after, "\(before):old@\(after)", "\(before)user@\(after)", uri] {
                #expect(PoolURI.leadToOneStore(uri, other))
            }
            #expect(!PoolURI.leadToOneStore(uri, "\(before)user:\(password)@other\(after)"))
            #expect(!PoolURI.leadToOneStore(uri, uri + "1"))
        }
    }

    @Test("the path of a file names no user", arguments: ["sqlite:///a@", "sqlite:///b@", "sqlite:a", "sqlite:///", ""])
    func paths(path: String) {
        #expect(!PoolURI.leadToOneStore(path, path + "c"))
        #expect(!PoolURI.leadToOneStore(path, "sqlite:///c"))
        #expect(PoolURI.leadToOneStore(path, path))
    }

    @Test("an empty password is a password")
    func emptyPassword() {
        #expect(PoolURI.redacted("redis://user:@host") == "redis://user:***@host")
        #expect(PoolURI.restored("redis://user:***@host", from: "redis://user:@host") == "redis://user:@host")
    }

    @Test("a password that should have been escaped is not shown either", arguments: ["p/w", "p?w", "p#w", "p/w@x", "/", "?a=b&c"])
    func unescaped(password: String) {
        for (before, after) in [("redis://user:", "@host:6379/0"), ("redis://:", "@host"), ("mongodb://u:", "@a,b/x")] {
            #expect(PoolURI.redacted(before + password + after) == before + "***" + after)
        }
        #expect(PoolURI.redacted("mongodb://host:1/x?tlsCertificateKeyFilePassword=a@b") == "mongodb://host:***")
    }

    @Test(
        "a parameter that is secret by its name is not shown, and its mask means the one of before",
        arguments: [
            "tlsCertificateKeyFilePassword", "PASSWORD", "client_secret", "accessToken", "authMechanismProperties",
        ])
    func parameters(name: String) {
        for secret in ["s", "", "a:b", "a@b", "a=b", "AWS_SESSION_TOKEN:x,y:z", "ü"] {
            let old = "mongodb://u:p@a,b/x?tls=true&\(name)=\(secret)&w=1"
            #expect(PoolURI.redacted(old) == "mongodb://u:***@a,b/x?tls=true&\(name)=***&w=1")
            #expect(PoolURI.restored(PoolURI.redacted(old), from: old) == old)
            #expect(PoolURI.restored("mongodb://c/?w=2&\(name)=***", from: old) == "mongodb://c/?w=2&\(name)=\(secret)")
        }
        #expect(PoolURI.redacted("mongodb://host/x?\(name)=a@b") == "mongodb://host/x?\(name)=***")
        #expect(PoolURI.redacted("mongodb://host?\(name)=a:b@c") == "mongodb://host?\(name)=***")
    }
}
