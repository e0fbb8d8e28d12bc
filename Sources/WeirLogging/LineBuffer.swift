internal import Logging

/// Whole lines, one behind the other, waiting to be written.
struct LineBuffer: Sendable {
    let format: EventFormat
    /// Ends with a line feed, or is empty.
    var bytes: [UInt8] = []
    private var time = TimeText()

    init(format: EventFormat) {
        self.format = format
    }

    /// Appends one line. `fields` are in this buffer's format.
    mutating func append(level: Logger.Level, milliseconds: Int64, fields: [UInt8]) {
        switch format {
        case .json:
            bytes.append(contentsOf: "{\"time\":\"".utf8)
            time.append(milliseconds: milliseconds, to: &bytes)
            bytes.append(contentsOf: "\",\"level\":\"".utf8)
            bytes.append(contentsOf: level.rawValue.utf8)
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: fields)
            bytes.append(UInt8(ascii: "}"))
        case .text:
            bytes.append(contentsOf: "time=".utf8)
            time.append(milliseconds: milliseconds, to: &bytes)
            bytes.append(contentsOf: " level=".utf8)
            bytes.append(contentsOf: level.rawValue.utf8)
            bytes.append(contentsOf: fields)
        }
        bytes.append(UInt8(ascii: "\n"))
    }
}
