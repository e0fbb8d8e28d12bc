/// What the doctor concludes from the settings of a server.
extension Examination {
    /// - Parameters:
    ///   - file: The file that they were read from; nil if there is none.
    ///   - fault: Why a server cannot be started with them; nil if it can.
    ///   - warnings: What a server would say of them in its log.
    package static func configuration(file: String?, fault: String?, warnings: [String]) -> Check {
        let name = "configuration"
        if let fault {
            return .failed(
                name, Printable.line(fault),
                advice: "weir serve would not start; weir settings prints every setting with its default")
        }
        guard warnings.isEmpty else {
            return .warning(
                name, Printable.line(warnings.joined(separator: "; ")), advice: "correct the name, or unset the variable")
        }
        return .ok(name, file.map { "weir serve takes \(Printable.line($0))" } ?? "no file: defaults and variables")
    }
}
