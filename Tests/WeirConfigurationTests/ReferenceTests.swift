import Foundation
import Testing
import WeirConfiguration

@Suite struct ReferenceTests {
    @Test func `loading the sample changes nothing`() throws {
        #expect(try load(Settings.reference()).get() == .defaults)
    }

    @Test func `the sample that is shipped is the present one`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shipped = try String(contentsOf: root.appending(path: "deploy/weir.sample.yaml"), encoding: .utf8)
        #expect(shipped == Settings.reference(), "run: weir settings > deploy/weir.sample.yaml")
    }

    @Test func `the sample names every option, its variable and its flag`() {
        let sample = Settings.reference()
        for option in ConfigurationOption.all {
            #expect(sample.contains(option.environmentVariable + ":"))
            if let flag = option.flag { #expect(sample.contains("# --\(flag), ")) }
        }
    }

    @Test func `the sample shows defaults below their groups`() {
        let sample = Settings.reference()
        #expect(sample.contains("\nlisten: \"127.0.0.1:8888\"\n"))
        #expect(sample.contains("\npooling:\n  catalog:\n    # "))
        #expect(sample.contains("\n  max_queue_metadata: 65536\n"))
        #expect(sample.split(separator: "\n").allSatisfy { $0.count <= 110 && $0.last != " " })
        #expect(sample.hasSuffix("\n"))
    }
}
