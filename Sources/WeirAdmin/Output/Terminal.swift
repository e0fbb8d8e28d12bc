internal import Glibc
internal import WeirBench

/// Standard output and standard error, and the person at the terminal, if there is one.
package enum Terminal {
    /// Whether what is printed goes to a terminal.
    static var isShown: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes text to standard output as it is.
    static func write(_ text: String) {
        StandardOutput.write(text)
    }

    /// Writes one line about a failure to standard error.
    package static func complain(_ message: String) {
        StandardOutput.write("weir: \(Printable.line(message))\n", to: STDERR_FILENO)
    }

    /// The person's answer to a question, nil if there is no terminal to ask on. The question goes to the terminal
    /// itself, for both outputs may be files.
    static func ask(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1, let name = ttyname(STDIN_FILENO) else { return nil }
        let terminal = open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        StandardOutput.write(Printable.line(question), to: terminal)
        return readLine() ?? ""
    }
}
