import Testing
import WeirHTTP

@Suite("The text of metrics") struct MetricsTextTests {
    @Test(
        "whatever a label's value is, the text can be read",
        arguments: [
            ("a", "a"), ("a\"b", "a\\\"b"), ("\\", "\\\\"), ("a\nb", "a\\nb"), ("\r\n", "\r\\n"),
            ("a\"\u{301}b", "a\\\"\u{301}b"), ("\\\u{301}", "\\\\\u{301}"),
        ])
    func labels(value: String, written: String) {
        var text = MetricsText()
        text.family("weir_x", "gauge", "Words.")
        text.sample(["pool": value], 1)
        #expect(
            text.text.utf8.elementsEqual("# HELP weir_x Words.\n# TYPE weir_x gauge\nweir_x{pool=\"\(written)\"} 1\n".utf8))
    }
}
