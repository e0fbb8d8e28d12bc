import Testing
import WeirOperations
import WeirStorage

@Suite("Errors in log lines") struct ErrorWordsTests {
    @Test("are sentences, not the names of cases")
    func words() {
        let away = StorageError.unavailable("no pool is \"here\"")
        #expect("\(away)" == "no pool is \"here\"")
        #expect("\(OperationError.unavailable(away))" == "no pool is \"here\"")
        #expect("\(StorageError.busy)" == "it is busy")
        #expect("\(OperationError.notFound("Queue 'q' does not exist."))" == "Queue 'q' does not exist.")
    }
}
