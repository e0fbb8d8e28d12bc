/// Commands on their way to Redis, in its wire format.
package struct CommandBuffer: Sendable {
    private(set) var bytes: [UInt8] = []
    /// How many commands these are.
    private(set) var commands = 0
    /// What the server calls the scripts, in their order.
    var digests: [[UInt8]] = []

    init() {
        bytes.reserveCapacity(1 << 16)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        commands = 0
    }

    /// Begins a command of `count` words, of which the first names it.
    package mutating func begin(_ count: Int) {
        commands += 1
        head(UInt8(ascii: "*"), count)
    }

    /// Begins a call of a script with `keys` keys followed by `arguments` arguments.
    package mutating func begin(script: RedisScript.Index, keys: Int, arguments: Int) {
        begin(3 + keys + arguments)
        add("EVALSHA")
        add(digests[script.value])
        add(Int64(keys))
    }

    package mutating func add(_ text: String) {
        head(UInt8(ascii: "$"), text.utf8.count)
        bytes.append(contentsOf: text.utf8)
        end()
    }

    package mutating func add(_ word: [UInt8]) {
        head(UInt8(ascii: "$"), word.count)
        bytes.append(contentsOf: word)
        end()
    }

    /// Adds a number, in decimal.
    package mutating func add(_ number: Int64) {
        guard number >= 0 else { return add(String(number)) }
        var digits = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        head(UInt8(ascii: "$"), digits)
        append(decimal: UInt(number))
        end()
    }

    /// Adds a word that is known in two parts.
    package mutating func add(_ first: [UInt8], _ second: [UInt8]) {
        head(UInt8(ascii: "$"), first.count + second.count)
        bytes.append(contentsOf: first)
        bytes.append(contentsOf: second)
        end()
    }

    /// Adds a word of `count` bytes that `write` appends.
    package mutating func add(count: Int, _ write: (inout [UInt8]) -> Void) {
        head(UInt8(ascii: "$"), count)
        write(&bytes)
        end()
    }

    private mutating func head(_ kind: UInt8, _ count: Int) {
        bytes.append(kind)
        append(decimal: UInt(count))
        end()
    }

    private mutating func append(decimal number: UInt) {
        if number >= 10 { append(decimal: number / 10) }
        bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    private mutating func end() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}
