/// What values an option takes.
struct ValueKind<Value: Sendable>: Sendable {
    /// Ends the sentence "must be …", with the bounds and the unit.
    let expects: String
    /// The value, or nil if `raw` is not one of this kind or is out of bounds.
    let accept: @Sendable (_ raw: RawValue) -> Value?
    /// The YAML text that `accept` reads back as the same value.
    let yaml: @Sendable (Value) -> String
}

extension ValueKind where Value == String {
    /// Text of at most 4,096 characters. `expects` says what it stands for.
    static func text(_ expects: String) -> Self {
        ValueKind(
            expects: expects,
            accept: { raw in raw.text.flatMap { $0.isEmpty ? nil : $0 } },
            yaml: yamlText)
    }
}

extension ValueKind where Value == String? {
    /// Text of at most 4,096 characters; empty text is nil. `expects` says what it stands for.
    static func optionalText(_ expects: String) -> Self {
        ValueKind(
            expects: expects,
            accept: { raw in raw.text.map { $0.isEmpty ? nil : $0 } },
            yaml: { yamlText($0 ?? "") })
    }
}

extension ValueKind where Value == Int {
    /// A whole number. `unit` is a plural noun, or nil for a bare number.
    static func integer(_ bounds: ClosedRange<Int>, _ unit: String? = nil) -> Self {
        let number = "a whole number" + (unit.map { " of \($0)" } ?? "")
        return ValueKind(
            expects: "\(number) from \(bounds.lowerBound) to \(bounds.upperBound)",
            accept: { raw in wholeNumber(raw, within: bounds) },
            yaml: { String($0) })
    }
}

extension ValueKind where Value == Duration {
    /// A whole number of seconds.
    static func seconds(_ bounds: ClosedRange<Int>) -> Self {
        ValueKind(
            expects: "a whole number of seconds from \(bounds.lowerBound) to \(bounds.upperBound)",
            accept: { raw in wholeNumber(raw, within: bounds).map { .seconds($0) } },
            yaml: { String($0.components.seconds) })
    }
}

extension ValueKind where Value == Bool {
    /// A truth value, in any spelling that people use, small or capital letters.
    static let boolean = ValueKind(
        expects: "true or false (also yes, no, on, off, 1 and 0)",
        accept: { raw in
            guard case .words(let text) = raw.unquoted else { return nil }
            switch text.lowercased() {
            case "true", "yes", "on", "1": return true
            case "false", "no", "off", "0": return false
            default: return nil
            }
        },
        yaml: { String($0) })
}

extension ValueKind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the names of `Value`'s cases.
    static var choice: Self {
        ValueKind(
            expects: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            // YAML takes a bare `off` for a truth value, so its type does not matter here.
            accept: { raw in raw.scalar.flatMap { Value(rawValue: $0.lowercased()) } },
            yaml: { $0.rawValue })
    }
}

extension ValueKind where Value == [String] {
    /// Texts, as a YAML list or separated by commas. At most 256; empty ones do not count.
    /// - Parameter isOne: Whether a text is such a thing.
    static func list(of things: String, where isOne: @escaping @Sendable (String) -> Bool = { _ in true }) -> Self {
        ValueKind(
            expects: "a list of at most 256 \(things), separated by commas or as a YAML list",
            accept: { raw in raw.texts.flatMap { $0.allSatisfy(isOne) ? $0 : nil } }, yaml: yamlList)
    }
}

extension ValueKind {
    /// Some of the names of `Choice`'s cases, as a YAML list or separated by commas.
    static func choices<Choice: CaseIterable & RawRepresentable>() -> Self
    where Value == [Choice], Choice.RawValue == String {
        ValueKind(
            expects: "a list out of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")), separated by commas or as a "
                + "YAML list",
            accept: { raw in
                guard let texts = raw.texts else { return nil }
                let choices = texts.compactMap { Choice(rawValue: $0.lowercased()) }
                return choices.count == texts.count ? choices : nil
            },
            yaml: { yamlList($0.map(\.rawValue)) })
    }
}

private func yamlList(_ texts: [String]) -> String {
    "[" + texts.map(yamlText).joined(separator: ", ") + "]"
}

extension RawValue {
    /// The texts of a list, without empty ones.
    fileprivate var texts: [String]? {
        let texts: [String]
        switch self {
        case .words(let text), .text(let text):
            texts = text.split(separator: ",").map(String.init)
        case .list(let items):
            let scalars = items.compactMap(\.scalar)
            guard scalars.count == items.count else { return nil }
            texts = scalars
        case .plain, .null, .mapping: return nil
        }
        let trimmed = texts.map(trimmingSpaces).filter { !$0.isEmpty }
        return trimmed.count <= 256 ? trimmed : nil
    }

    /// The text, unless it is too long or has control characters, or YAML takes it for something else.
    fileprivate var text: String? {
        switch self {
        case .words(let text), .text(let text):
            let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            return isPrintable && text.unicodeScalars.count <= 4096 ? text : nil
        case .plain, .null, .list, .mapping: return nil
        }
    }

    /// An unquoted YAML value is as good as words from the command line.
    fileprivate var unquoted: RawValue {
        if case .plain(let text) = self { .words(text) } else { self }
    }
}

private func wholeNumber(_ raw: RawValue, within bounds: ClosedRange<Int>) -> Int? {
    guard case .words(let text) = raw.unquoted, let number = Int(text), bounds.contains(number) else {
        return nil
    }
    return number
}

private func trimmingSpaces(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
        let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
}
