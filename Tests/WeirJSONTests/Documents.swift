import WeirJSON

/// Depth that the service allows.
let serviceDepth = 512

func bytes(_ text: String) -> [UInt8] {
    Array(text.utf8)
}

func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
}

/// What the scanner says about a document: nil if it accepts it.
func fault(_ document: [UInt8], maximumDepth: Int = serviceDepth) -> JSONFault? {
    do throws(JSONFault) {
        try JSONScanner.validate(document, maximumDepth: maximumDepth)
        return nil
    } catch {
        return error
    }
}

func value(_ document: String, duplicates: JSONValue.Duplicates = .lastWins) throws(JSONFault) -> JSONValue {
    try JSONValue.parse(bytes(document), duplicates: duplicates, topLevel: .anything)
}
