import MongoDBDriver
import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Addresses and options") struct AddressTests {
    @Test("what a uri does not say is filled in")
    func defaults() throws {
        let plain = try MongoAddress("mongodb://localhost")
        #expect(plain.database == "weir")
        #expect(plain.acknowledgedBy == "majority" && plain.waitsForJournal)
        #expect(plain.timeout == 800)
        let full = try MongoAddress("mongodb://localhost/other?w=1&journal=false&socketTimeoutMS=700", timeout: 50)
        #expect(full.database == "other")
        #expect(full.acknowledgedBy == "1" && !full.waitsForJournal)
        #expect(full.timeout == 700)
        #expect(try MongoAddress("mongodb://localhost/?w=2").acknowledgedBy == "2")
        #expect(try MongoAddress("mongodb://localhost/?w=here").acknowledgedBy == "here")
        #expect(try MongoAddress("mongodb://localhost/?socketTimeoutMS=0", timeout: 50).timeout == 50)
    }

    @Test(
        "a uri that cannot be used is refused without showing a password",
        arguments: [
            "mongodb:", "mongodb://", "mongodb://user:secret:word@host:99999999", "mongodb://user:se%cret@host",
            "mongodb://user:secret@host/?w=0", "mongodb://user:secret@host/?tls=true&tlsInsecure=x",
            "mongodb://user:secret@host/?maxPoolSize=3",
        ])
    func refused(uri: String) async {
        await #expect {
            _ = try await openPool(uri)
        } throws: { error in
            guard let refusal = error as? PoolRefusal else { return false }
            return refusal.reason.hasPrefix("uri: ") && !refusal.reason.contains("cret")
        }
    }

    @Test("a server that is not there is refused")
    func unreachable() async throws {
        let server = try await MongoServer.start()
        let uri = server.uri()
        server.kill()
        await #expect {
            _ = try await openPool(uri.replacing("mongodb://", with: "mongodb://user:secret@"))
        } throws: { error in
            guard let refusal = error as? PoolRefusal else { return false }
            return refusal.reason.hasPrefix("cannot connect: ") && !refusal.reason.contains("secret")
        }
    }

    @Test(
        "options that mean nothing are refused",
        arguments: [
            "[]", #"{"thread": 1}"#, #"{"writers": 0}"#, #"{"writers": 17}"#, #"{"readers": "2"}"#,
            #"{"timeout_ms": 99}"#, #"{"timeout_ms": 1000.5}"#,
        ])
    func options(text: String) async {
        await #expect {
            _ = try await openPool("mongodb://127.0.0.1:1/", options: text)
        } throws: { error in
            (error as? PoolRefusal)?.reason.hasPrefix("options: ") == true
        }
    }
}
