// What the memory queue is made of: entries, and the structures that they stand in. Each entry stands
//   - in its queue's list of live jobs (in the order they came) or of dead ones (in the order they died),
//   - in its lane, when it has an ordering key: only the first of a lane may stand in a heap,
//   - in at most one heap: its group's row (by place), the delayed (by due time) or the leases (by end).
// Everything is a link or an index, so no operation looks through the queue.

import Domain

/// A job as the memory queue holds it.
final class Entry: HeapElement {
  enum Phase { case waiting, running, dead }
  /// Where a waiting or running entry stands; `lane` is behind another entry of its lane.
  enum Stand { case nowhere, lane, row, delayed, leases }

  var job: NewJob
  var phase = Phase.waiting
  var stand = Stand.nowhere
  /// Grows with every job that comes.
  var place: Int64
  /// Milliseconds since 1970 before which it is not leased.
  var due: Int64
  var enqueuedAt: Int64
  var attempts = 0
  var token: Int64 = 0
  var startedAt: Int64?
  var worker: String?
  var error: String?

  var rank: Int64 = 0
  var heapIndex = -1
  var previous: Entry?
  var next: Entry?
  /// The next of its lane.
  var behind: Entry?

  var name: String { job.id.rawValue }
  var size: Int { job.payload.utf8.count }

  init(_ job: NewJob, place: Int64, due: Int64, enqueuedAt: Int64) {
    self.job = job
    self.place = place
    self.due = due
    self.enqueuedAt = enqueuedAt
  }
}

/// Entries in the order they were appended.
struct EntryList {
  private(set) var first: Entry?
  private var last: Entry?
  private(set) var count = 0

  mutating func append(_ entry: Entry) {
    entry.previous = last
    if let last { last.next = entry } else { first = entry }
    last = entry
    count += 1
  }

  mutating func remove(_ entry: Entry) {
    if let previous = entry.previous { previous.next = entry.next } else { first = entry.next }
    if let next = entry.next { next.previous = entry.previous } else { last = entry.previous }
    entry.previous = nil
    entry.next = nil
    count -= 1
  }

  /// Breaks the links, which would otherwise keep one another alive.
  mutating func removeAll() {
    while let entry = first { remove(entry) }
  }
}

/// The jobs of one group that could be leased now. It exists while it has any, and stands in its queue's rotation.
final class Group: HeapElement {
  let name: String
  var row = Heap<Entry>()
  var rank: Int64 = 0
  var heapIndex = -1
  init(_ name: String) { self.name = name }
}

/// The jobs of one ordering key that are not dead, in the order they came. It exists while it has any.
final class Lane {
  var first: Entry?
  var last: Entry?
}

/// One queue.
final class Shelf {
  let name: QueueName
  var groups: [String: Group] = [:]
  var rotation = Heap<Group>()
  var delayed = Heap<Entry>()
  var leases = Heap<Entry>()
  /// The waiting job of each unique key.
  var unique: [String: Entry] = [:]
  var live = EntryList()
  var dead = EntryList()
  /// Jobs that wait, and the bytes of their payloads.
  var depth = 0
  var bytes = 0
  var deadBytes = 0
  var stolen = 0
  init(_ name: QueueName) { self.name = name }
}
