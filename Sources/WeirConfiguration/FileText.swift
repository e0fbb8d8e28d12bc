internal import Glibc

/// More than any configuration needs; keeps a wrong path (a log, a device) from filling the memory.
private let largestFile = 1_048_576

/// The text of the file at `path`. Throws if it cannot be read, is larger than 1 MiB or is not UTF-8.
func readText(_ path: String) throws(ConfigurationError) -> String {
    let shown = oneLine(path)
    guard let file = fopen(path, "rbe") else {
        throw ConfigurationError("\(shown) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { break }
        bytes += buffer[..<count]
        if bytes.count > largestFile {
            throw ConfigurationError("\(shown) is larger than \(largestFile) bytes")
        }
    }
    guard ferror(file) == 0 else {
        throw ConfigurationError("\(shown) cannot be read: \(String(cString: strerror(errno)))")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw ConfigurationError("\(shown) is not UTF-8 text")
    }
    return text
}
