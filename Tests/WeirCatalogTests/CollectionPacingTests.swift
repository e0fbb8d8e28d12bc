import Testing
import WeirCatalog
import WeirDomain

@Suite("Pacing garbage collection") struct CollectionPacingTests {
    private let idle = Duration.milliseconds(Limits.collectionIntervalMilliseconds)

    @Test("what is clean is left alone for a while")
    func clean() {
        var pacing = CollectionPacing()
        #expect(pacing.pause(after: .milliseconds(5), isDirty: false) == idle)
    }

    @Test("while there is more it takes a quarter of the time, and a store that hangs holds up nobody for long")
    func quarter() {
        var pacing = CollectionPacing()
        #expect(pacing.pause(after: .milliseconds(20), isDirty: true) == .milliseconds(60))
        #expect(pacing.pause(after: .zero, isDirty: true) == .milliseconds(1))
        #expect(pacing.pause(after: .seconds(5), isDirty: true) == .milliseconds(500))
    }

    @Test("if that is not enough for long it takes what it needs, until it has come to an end")
    func behind() {
        var pacing = CollectionPacing()
        let rounds = Limits.collectionPatienceSeconds * 1000 / 80
        for _ in 1..<rounds { #expect(pacing.pause(after: .milliseconds(20), isDirty: true) == .milliseconds(60)) }
        #expect(pacing.pause(after: .milliseconds(20), isDirty: true) == .milliseconds(1))
        #expect(pacing.pause(after: .milliseconds(20), isDirty: false) == idle)
        #expect(pacing.pause(after: .milliseconds(20), isDirty: true) == .milliseconds(60))
    }
}
