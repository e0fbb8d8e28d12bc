internal import WeirDomain

/// What waits in memory for one subscriber, in its order, within the bounds of a lane and those of its node.
struct LaneMemory {
    private let room: WaitingRoom
    private var works: [Lane.Work] = []
    private var bytes = 0

    init(in room: WaitingRoom) {
        self.room = room
    }

    var isEmpty: Bool { works.isEmpty }

    /// Takes all of them behind the others, or none. A lane with nothing in memory takes them whatever their size.
    mutating func take(_ more: [Lane.Work]) -> Bool {
        let size = more.reduce(0) { $0 + $1.parcel.payload.count }
        guard works.count + more.count <= Limits.parcelsPerLane, works.isEmpty || bytes + size <= Limits.laneBytes,
            room.enter(parcels: more.count, bytes: size)
        else { return false }
        works += more
        bytes += size
        return true
    }

    /// The first one, which is no longer here then.
    mutating func next() -> Lane.Work? {
        guard !works.isEmpty else { return nil }
        let work = works.removeFirst()
        let size = work.parcel.payload.count
        bytes -= size
        room.leave(parcels: 1, bytes: size)
        return work
    }

    /// All of them, which are no longer here then.
    mutating func takeAll() -> [Lane.Work] {
        defer { (works, bytes) = ([], 0) }
        room.leave(parcels: works.count, bytes: bytes)
        return works
    }
}
