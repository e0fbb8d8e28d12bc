internal import WeirDomain

extension Collection {
    /// The first elements: as many as are written at a time, and no more bytes than that, unless the first one alone has
    /// more.
    func piece(_ bytes: (Element) -> Int) -> SubSequence {
        var (count, size) = (0, 0)
        return prefix { element in
            count += 1
            size += bytes(element)
            return count == 1 || count <= Limits.parcelsPerWrite && size <= Limits.bytesPerWrite
        }
    }
}
