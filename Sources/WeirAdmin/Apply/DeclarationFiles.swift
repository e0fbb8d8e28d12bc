internal import Glibc

/// The files that a path names.
package enum DeclarationFiles {
    /// More than any declaration needs; keeps a wrong path (a log, a device) from filling the memory.
    private static let largestFile = 1_048_576

    /// The file at `path`, or the files below it that end in `.yaml` or `.yml`, by name. Folders in it are left out.
    package static func named(_ path: String) throws(AdminFailure) -> [String] {
        guard let folder = opendir(path) else {
            guard errno == ENOTDIR else { throw .badInput("\(path) cannot be opened: \(SystemReason.text(errno))") }
            return [path]
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { names.append(name) }
        }
        guard !names.isEmpty else { throw .badInput("\(path) has no files that end in .yaml or .yml") }
        return names.sorted().map { "\(path)/\($0)" }
    }

    /// The text of a file of at most 1 MiB.
    package static func text(of path: String) throws(AdminFailure) -> String {
        guard let file = fopen(path, "rbe") else {
            throw .badInput("\(path) cannot be opened: \(SystemReason.text(errno))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: largestFile + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw .badInput("\(path) cannot be read: \(SystemReason.text(errno))") }
        guard count <= largestFile else { throw .badInput("\(path) is larger than \(largestFile) bytes") }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
            throw .badInput("\(path) is not UTF-8 text")
        }
        return text
    }
}
