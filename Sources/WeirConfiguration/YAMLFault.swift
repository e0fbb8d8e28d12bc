internal import Yams

/// Why a file is not YAML.
package enum YAMLFault {
    /// What follows the name of the file. It says where, and shows no line of the file: one may hold a password.
    ///
    /// - Parameter error: What the parser threw.
    package static func sentence(for error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let what = [context?.text, problem].compactMap(\.self).joined(separator: ": ")
            return "is not YAML in line \(mark.line): \(clipped(what))"
        case .duplicatedKeysInMapping(let duplicates, let context):
            return "has the key \(clipped(duplicates.joined(separator: ", "))) twice in one mapping "
                + "(line \(context.mark.line))"
        case .reader(let problem, let offset, _, let yaml):
            let line = yaml.prefix(offset ?? 0).count { $0.isNewline } + 1
            return "is not YAML in line \(line): \(clipped(problem))"
        default:
            return "is no YAML that can be read"
        }
    }
}
