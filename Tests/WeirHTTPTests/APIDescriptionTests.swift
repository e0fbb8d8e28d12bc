import Testing
import WeirHTTP

@Suite("The description of the API")
struct APIDescriptionTests {
    @Test("every method that the router takes on any path is described")
    func complete() {
        #expect(APIDescription.undescribed == [])
    }

    @Test("nothing is described that the router does not take")
    func exact() {
        #expect(APIDescription.unserved == [])
    }
}
