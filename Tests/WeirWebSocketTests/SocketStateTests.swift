import NIOCore
import Testing
import WeirWebSocket

/// A state with round terms, and messages to feed it with.
struct Bench {
    var state: SocketState
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    init() {
        var terms = SocketTerms()
        terms.pingInterval = .seconds(30)
        terms.pongTimeout = .seconds(20)
        terms.sendTimeout = .seconds(10)
        terms.idleTimeout = .seconds(100)
        terms.closeTimeout = .seconds(3)
        state = SocketState(terms, now: start)
    }

    func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    static func message(_ text: String) -> SocketMessage {
        SocketMessage(isText: true, payload: ByteBuffer(string: text))
    }

    static let reply = SocketAnswer.reply(message("reply"))
}

@Suite("A connection's requests")
struct SocketRequestTests {
    let first = Bench.message("1")
    let second = Bench.message("2")
    let third = Bench.message("3")

    @Test("one request is served at a time, in order, and reading waits for the line to be empty")
    func order() {
        var bench = Bench()
        #expect(bench.state.received(first, now: bench.start) == [.serve(first)])
        #expect(bench.state.wantsReading)
        #expect(bench.state.received(second, now: bench.start) == [])
        #expect(bench.state.received(third, now: bench.start) == [])
        #expect(!bench.state.wantsReading)
        #expect(bench.state.next(now: bench.start) == [])
        #expect(bench.state.answered(Bench.reply, now: bench.start) == [.send(Bench.message("reply"))])
        #expect(bench.state.next(now: bench.start) == [.serve(second)])
        #expect(!bench.state.wantsReading)
        _ = bench.state.answered(Bench.reply, now: bench.start)
        #expect(bench.state.next(now: bench.start) == [.serve(third)])
        #expect(bench.state.wantsReading)
    }

    @Test("a client that does not take its answers is not served until it does")
    func backPressure() {
        var bench = Bench()
        bench.state.writabilityChanged(false, unsent: 0, now: bench.start)
        #expect(bench.state.received(first, now: bench.start) == [])
        #expect(bench.state.next(now: bench.start) == [])
        #expect(!bench.state.wantsReading)
        #expect(bench.state.receivedPing(ByteBuffer(string: "x"), now: bench.start) == [])
        bench.state.writabilityChanged(true, unsent: 0, now: bench.start)
        #expect(bench.state.next(now: bench.start) == [.serve(first)])
    }

    @Test("a ping is answered with its own data, also while a request is served")
    func ping() {
        var bench = Bench()
        _ = bench.state.received(first, now: bench.start)
        #expect(bench.state.receivedPing(ByteBuffer(string: "x"), now: bench.start) == [.pong(ByteBuffer(string: "x"))])
    }

    @Test("an answer that comes after the end goes nowhere")
    func late() {
        var bench = Bench()
        _ = bench.state.received(first, now: bench.start)
        bench.state.closed()
        #expect(bench.state.answered(Bench.reply, now: bench.start) == [])
        #expect(bench.state.next(now: bench.start) == [])
        #expect(bench.state.deadline == nil)
    }
}

@Suite("A connection's end")
struct SocketEndTests {
    let request = Bench.message("1")

    @Test("what the client sent before its close is served, then the close is answered, and a client that stays is hung up on")
    func closedByClient() {
        var bench = Bench()
        _ = bench.state.received(request, now: bench.start)
        _ = bench.state.received(request, now: bench.start)
        let code = ByteBuffer(integer: UInt16(1000))
        #expect(bench.state.receivedClose(code, now: bench.start) == [])
        #expect(bench.state.received(request, now: bench.start) == [])
        #expect(bench.state.answered(Bench.reply, now: bench.start) == [.send(Bench.message("reply"))])
        #expect(bench.state.next(now: bench.start) == [.serve(request)])
        #expect(bench.state.next(now: bench.start) == [])
        #expect(bench.state.answered(Bench.reply, now: bench.start) == [.send(Bench.message("reply"))])
        #expect(bench.state.next(now: bench.start) == [.echoClose(code), .finish])
        #expect(bench.state.receivedClose(code, now: bench.start) == [])
        #expect(bench.state.deadline == bench.at(3))
        #expect(bench.state.tick(now: bench.at(2)) == [])
        #expect(bench.state.tick(now: bench.at(3)) == [.drop])
    }

    @Test("a broken frame closes with its code; the client's answer ends it, silence too")
    func broken() {
        var bench = Bench()
        let actions = bench.state.failed(.tooLarge, "too large", now: bench.start)
        #expect(actions == [.sendClose(.tooLarge, "too large")])
        #expect(bench.state.wantsReading)
        #expect(bench.state.received(request, now: bench.start) == [])
        #expect(bench.state.failed(.protocolError, "again", now: bench.start) == [])
        var other = bench
        #expect(bench.state.receivedClose(ByteBuffer(), now: bench.start) == [.finish])
        #expect(other.state.tick(now: other.at(3)) == [.drop])
        #expect(other.state.deadline == nil)
    }

    @Test("a request may close the connection")
    func closedByAnswer() {
        var bench = Bench()
        _ = bench.state.received(request, now: bench.start)
        #expect(bench.state.answered(.close(.notUTF8, "no text"), now: bench.start) == [.sendClose(.notUTF8, "no text")])
    }

    @Test("a client that sends no more is hung up on at once")
    func halfClosed() {
        var bench = Bench()
        #expect(bench.state.inputClosed() == [.drop])
        #expect(bench.state.inputClosed() == [])
    }

    @Test("when the service stops, an idle connection is told at once")
    func quiesceIdle() {
        var bench = Bench()
        #expect(bench.state.quiesce(now: bench.start) == [.sendClose(.goingAway, "the service stops")])
        #expect(bench.state.quiesce(now: bench.start) == [])
    }

    @Test("when the service stops, the request at hand is answered first, and no other is begun")
    func quiesceBusy() {
        var bench = Bench()
        _ = bench.state.received(request, now: bench.start)
        _ = bench.state.received(Bench.message("2"), now: bench.start)
        #expect(bench.state.quiesce(now: bench.start) == [])
        #expect(bench.state.received(Bench.message("3"), now: bench.start) == [])
        let actions = bench.state.answered(Bench.reply, now: bench.start)
        #expect(actions == [.send(Bench.message("reply")), .sendClose(.goingAway, "the service stops")])
        #expect(bench.state.next(now: bench.start) == [])
    }
}

@Suite("A connection in time")
struct SocketTimeTests {
    let request = Bench.message("1")

    @Test("a silent client is asked for a sign of life, and cut when it gives none")
    func halfOpen() {
        var bench = Bench()
        #expect(bench.state.deadline == bench.at(30))
        #expect(bench.state.tick(now: bench.at(29)) == [])
        #expect(bench.state.tick(now: bench.at(30)) == [.ping])
        #expect(bench.state.deadline == bench.at(50))
        #expect(bench.state.tick(now: bench.at(49)) == [])
        #expect(bench.state.tick(now: bench.at(50)) == [.cut(.halfOpen)])
        #expect(bench.state.deadline == nil)
    }

    @Test("any byte is a sign of life")
    func alive() {
        var bench = Bench()
        #expect(bench.state.tick(now: bench.at(30)) == [.ping])
        bench.state.heard(bench.at(45))
        #expect(bench.state.tick(now: bench.at(50)) == [])
        #expect(bench.state.deadline == bench.at(75))
        #expect(bench.state.tick(now: bench.at(75)) == [.ping])
    }

    @Test("a client that was not read is not blamed for its silence")
    func unread() {
        var bench = Bench()
        _ = bench.state.received(request, now: bench.start)
        #expect(bench.state.tick(now: bench.at(30)) == [.ping])
        _ = bench.state.received(request, now: bench.at(31))
        #expect(bench.state.tick(now: bench.at(61)) == [], "a request waits, so nothing is read")
        #expect(bench.state.deadline == nil)
        _ = bench.state.answered(Bench.reply, now: bench.at(500))
        _ = bench.state.next(now: bench.start)
        #expect(bench.state.wantsReading)
        #expect(bench.state.tick(now: bench.at(500)) == [.ping], "it was silent for long, but may answer now")
        #expect(bench.state.deadline == bench.at(520))
    }

    @Test("a client that takes nothing is cut")
    func slowReader() {
        var bench = Bench()
        bench.state.writabilityChanged(false, unsent: 0, now: bench.at(5))
        bench.state.writabilityChanged(false, unsent: 0, now: bench.at(9))
        #expect(bench.state.deadline == bench.at(15))
        #expect(bench.state.tick(now: bench.at(14)) == [])
        #expect(bench.state.tick(now: bench.at(15)) == [.cut(.slowReader)])
    }

    @Test("a client that hangs up is served what it had sent")
    func hungUp() {
        var bench = Bench()
        _ = bench.state.received(request, now: bench.start)
        _ = bench.state.received(request, now: bench.start)
        #expect(bench.state.inputClosed() == [])
        _ = bench.state.answered(Bench.reply, now: bench.start)
        #expect(bench.state.next(now: bench.start) == [.serve(request)])
        _ = bench.state.answered(Bench.reply, now: bench.start)
        #expect(bench.state.next(now: bench.start) == [.drop])
        #expect(bench.state.deadline == nil)
    }

    @Test("a client that has closed and takes nothing is cut")
    func drainingSlowReader() {
        var bench = Bench()
        _ = bench.state.received(request, now: bench.start)
        _ = bench.state.received(request, now: bench.start)
        _ = bench.state.receivedClose(ByteBuffer(), now: bench.start)
        bench.state.writabilityChanged(false, unsent: 0, now: bench.start)
        _ = bench.state.answered(Bench.reply, now: bench.start)
        #expect(bench.state.next(now: bench.start) == [])
        #expect(bench.state.tick(now: bench.at(10)) == [.cut(.slowReader)])
    }

    @Test("a client that takes a long answer bit by bit is not cut, one that takes next to nothing is")
    func slowButReading() {
        var bench = Bench()
        bench.state.writabilityChanged(false, unsent: 1_000_000, now: bench.start)
        bench.state.remains(900_000, now: bench.at(10))
        #expect(bench.state.tick(now: bench.at(10)) == [])
        bench.state.remains(895_000, now: bench.at(20))
        #expect(bench.state.tick(now: bench.at(20)) == [])
        bench.state.remains(894_000, now: bench.at(30))
        #expect(bench.state.tick(now: bench.at(30)) == [.cut(.slowReader)])
    }

    @Test("a client that takes something in time is not cut")
    func slowButAlive() {
        var bench = Bench()
        bench.state.writabilityChanged(false, unsent: 0, now: bench.at(5))
        bench.state.writabilityChanged(true, unsent: 0, now: bench.at(14))
        bench.state.writabilityChanged(false, unsent: 0, now: bench.at(15))
        #expect(bench.state.tick(now: bench.at(20)) == [])
        #expect(bench.state.deadline == bench.at(25))
    }

    @Test("a client without requests is let go, unless it is subscribed or waits for an answer")
    func idle() {
        var bench = Bench()
        bench.state.heard(bench.at(90))
        #expect(bench.state.deadline == bench.at(100))
        #expect(bench.state.tick(now: bench.at(100)) == [.sendClose(.normal, "no request for too long")])
        var subscribed = Bench()
        subscribed.state.hasSubscriptions = true
        subscribed.state.heard(subscribed.at(90))
        #expect(subscribed.state.tick(now: subscribed.at(100)) == [])
        var busy = Bench()
        _ = busy.state.received(request, now: busy.start)
        busy.state.heard(busy.at(90))
        #expect(busy.state.tick(now: busy.at(100)) == [])
        _ = busy.state.answered(Bench.reply, now: busy.at(110))
        busy.state.heard(busy.at(200))
        #expect(busy.state.tick(now: busy.at(209)) == [])
        #expect(busy.state.tick(now: busy.at(210)) == [.sendClose(.normal, "no request for too long")])
    }

    @Test("a stopping service does not wait for a client that takes nothing")
    func quiescingSlowReader() {
        var bench = Bench()
        _ = bench.state.received(request, now: bench.start)
        _ = bench.state.quiesce(now: bench.start)
        bench.state.writabilityChanged(false, unsent: 0, now: bench.start)
        #expect(bench.state.tick(now: bench.at(10)) == [.cut(.slowReader)])
    }
}
