// The memory queue without its lock and its clock: every operation takes the time and is atomic. The Lua scripts of the
// Redis queue (Sources/QueueRedis) are the same algorithms over the same structures, down to the numbers that they draw
// from the counter; a property test holds the two together. When you change one, also change the other.

import Domain

struct MemoryQueueState {
  let limits: QueueLimits
  private var jobs: [JobID: Entry] = [:]
  private var lanes: [String: Lane] = [:]
  private let shelves: [Shelf]
  /// Places, fencing tokens and turns are drawn from one counter.
  private var counter: Int64 = 0
  /// Which of the queues named in a lease is looked at first.
  private var turn = 0
  /// Grows whenever a waiting `lease` has to look again.
  private(set) var changes = 0

  init(limits: QueueLimits) {
    self.limits = limits
    shelves = QueueName.allCases.map { Shelf($0) }
  }

  /// Breaks every link, so that the entries can be freed.
  mutating func removeAll() {
    for shelf in shelves {
      shelf.live.removeAll()
      shelf.dead.removeAll()
    }
    for entry in jobs.values { entry.behind = nil }
  }

  // MARK: - Jobs that come

  mutating func enqueue(_ job: NewJob, at now: Int64) throws(QueueError) -> Enqueued {
    let present = jobs[job.id]
    if let present, present.phase != .dead { return .queued(job.id) }
    let shelf = shelf(job.queue)
    if let key = job.uniqueKey, let waiting = shelf.unique[key] {
      try merge(job, into: waiting, at: now)
      return .merged(into: waiting.job.id)
    }
    try makeRoom(for: job.payload.utf8.count, in: shelf)
    if let present { forgetDead(present) }
    var kept = job
    kept.notBefore = nil
    let entry = Entry(kept, place: draw(), due: job.notBefore?.milliseconds ?? 0, enqueuedAt: now)
    jobs[job.id] = entry
    join(entry, at: now)
    return .queued(job.id)
  }

  private func makeRoom(for bytes: Int, in shelf: Shelf) throws(QueueError) {
    guard shelf.depth < limits.maximumDepth else { throw .full(queue: shelf.name, limit: limits.maximumDepth) }
    guard shelf.bytes + bytes <= limits.maximumBytes else {
      throw .full(queue: shelf.name, limit: limits.maximumBytes, unit: .bytes)
    }
  }

  private mutating func merge(_ job: NewJob, into entry: Entry, at now: Int64) throws(QueueError) {
    let shelf = shelf(job.queue)
    let bytes = shelf.bytes - entry.size + job.payload.utf8.count
    guard bytes <= limits.maximumBytes else { throw .full(queue: shelf.name, limit: limits.maximumBytes, unit: .bytes) }
    shelf.bytes = bytes
    entry.job.payload = job.payload
    entry.job.function = job.function
    entry.attempts = 0
    entry.error = nil
    entry.due = job.notBefore?.milliseconds ?? 0
    // A job that was and stays ready keeps its group's turn.
    guard entry.stand == .delayed || (entry.stand == .row && entry.due > now) else { return }
    unplace(entry)
    place(entry, at: now)
  }

  /// A job that is new here, or new again, stands behind all others.
  private mutating func join(_ entry: Entry, at now: Int64) {
    let shelf = shelf(entry.job.queue)
    shelf.live.append(entry)
    becomeWaiting(entry)
    guard let key = entry.job.orderingKey else { return place(entry, at: now) }
    let lane = lanes[key] ?? Lane()
    lanes[key] = lane
    if let last = lane.last {
      last.behind = entry
      entry.stand = .lane
    } else {
      lane.first = entry
    }
    lane.last = entry
    if lane.first === entry { place(entry, at: now) }
  }

  private mutating func becomeWaiting(_ entry: Entry) {
    let shelf = shelf(entry.job.queue)
    entry.phase = .waiting
    shelf.depth += 1
    shelf.bytes += entry.size
    if let key = entry.job.uniqueKey, shelf.unique[key] == nil { shelf.unique[key] = entry }
  }

  // MARK: - Where jobs stand

  private mutating func draw() -> Int64 {
    counter += 1
    return counter
  }

  private func shelf(_ queue: QueueName) -> Shelf {
    switch queue {
    case .webhooks: shelves[0]
    case .validation: shelves[1]
    case .healing: shelves[2]
    }
  }

  /// A waiting job with none before it in its lane stands in its group's row, or among the delayed until it is due.
  private mutating func place(_ entry: Entry, at now: Int64) {
    let shelf = shelf(entry.job.queue)
    changes += 1
    guard entry.due <= now else {
      entry.rank = entry.due
      entry.stand = .delayed
      return shelf.delayed.insert(entry)
    }
    entry.rank = entry.place
    entry.stand = .row
    if let group = shelf.groups[entry.job.group] { return group.row.insert(entry) }
    let group = Group(entry.job.group)
    group.row.insert(entry)
    group.rank = draw()
    shelf.groups[group.name] = group
    shelf.rotation.insert(group)
  }

  private mutating func unplace(_ entry: Entry) {
    let shelf = shelf(entry.job.queue)
    switch entry.stand {
    case .delayed: shelf.delayed.remove(entry)
    case .leases: shelf.leases.remove(entry)
    case .row:
      guard let group = shelf.groups[entry.job.group] else { break }
      group.row.remove(entry)
      if group.row.count == 0 { dissolve(group, of: shelf) }
    case .lane, .nowhere: break
    }
    entry.stand = .nowhere
  }

  private func dissolve(_ group: Group, of shelf: Shelf) {
    shelf.rotation.remove(group)
    shelf.groups[group.name] = nil
  }

  /// The first of a lane is gone for good: the next one may go.
  private mutating func leaveLane(_ entry: Entry, at now: Int64) {
    guard let key = entry.job.orderingKey, let lane = lanes[key] else { return }
    lane.first = entry.behind
    entry.behind = nil
    if let next = lane.first { place(next, at: now) } else { lanes[key] = nil }
  }

  /// Jobs that have become due are placed anew, and leases that have ended are taken back.
  private mutating func settle(_ queue: QueueName, at now: Int64) {
    let shelf = shelf(queue)
    while let entry = shelf.delayed.first, entry.due <= now {
      unplace(entry)
      place(entry, at: now)
    }
    while let entry = shelf.leases.first, entry.rank <= now { expire(entry, at: now) }
  }

  private mutating func expire(_ entry: Entry, at now: Int64) {
    shelf(entry.job.queue).stolen += 1
    takeBack(entry, due: 0, at: now)
  }

  private mutating func takeBack(_ entry: Entry, due: Int64, at now: Int64) {
    unplace(entry)
    entry.due = due
    becomeWaiting(entry)
    place(entry, at: now)
  }

  // MARK: - Leases

  mutating func lease(from queues: [QueueName], worker: String, limit: Int, at now: Int64) -> [Lease] {
    for queue in queues { settle(queue, at: now) }
    var leases: [Lease] = []
    while leases.count < limit, let shelf = nextShelf(of: queues), let group = shelf.rotation.first, let entry = group.row.first {
      turn += 1
      unplace(entry)
      let lease = start(entry, worker: worker, at: now)
      if group.row.count > 0 {
        shelf.rotation.remove(group)
        group.rank = lease.token
        shelf.rotation.insert(group)
      }
      leases.append(lease)
    }
    return leases
  }

  /// Leases this job and no other; nil when it is not ready.
  mutating func lease(only id: JobID, worker: String, at now: Int64) -> Lease? {
    guard let known = jobs[id] else { return nil }
    settle(known.job.queue, at: now)
    guard known.stand == .row else { return nil }
    unplace(known)
    return start(known, worker: worker, at: now)
  }

  private func nextShelf(of queues: [QueueName]) -> Shelf? {
    for offset in queues.indices {
      let shelf = shelf(queues[(turn + offset) % queues.count])
      if shelf.rotation.count > 0 { return shelf }
    }
    return nil
  }

  private mutating func start(_ entry: Entry, worker: String, at now: Int64) -> Lease {
    let shelf = shelf(entry.job.queue)
    shelf.depth -= 1
    shelf.bytes -= entry.size
    if let key = entry.job.uniqueKey, shelf.unique[key] === entry { shelf.unique[key] = nil }
    entry.phase = .running
    entry.attempts += 1
    entry.token = draw()
    entry.startedAt = now
    entry.worker = worker
    entry.rank = now + limits.leaseDuration.inMilliseconds
    entry.stand = .leases
    shelf.leases.insert(entry)
    return Lease(
      job: entry.job, attempt: entry.attempts, token: entry.token, enqueuedAt: Timestamp(milliseconds: entry.enqueuedAt))
  }

  /// The entry that this lease still holds.
  private mutating func held(_ lease: Lease, at now: Int64) throws(QueueError) -> Entry {
    guard let entry = jobs[lease.job.id], entry.phase == .running, entry.token == lease.token else { throw .leaseLost(lease.job.id) }
    if entry.rank <= now {
      expire(entry, at: now)
      throw .leaseLost(lease.job.id)
    }
    return entry
  }

  mutating func extend(_ lease: Lease, at now: Int64) throws(QueueError) {
    let entry = try held(lease, at: now)
    unplace(entry)
    entry.rank = now + limits.leaseDuration.inMilliseconds
    entry.stand = .leases
    shelf(entry.job.queue).leases.insert(entry)
  }

  mutating func complete(_ lease: Lease, at now: Int64) throws(QueueError) {
    let entry = try held(lease, at: now)
    unplace(entry)
    shelf(entry.job.queue).live.remove(entry)
    jobs[entry.job.id] = nil
    leaveLane(entry, at: now)
  }

  mutating func retry(_ lease: Lease, after delay: Duration, error: String, at now: Int64) throws(QueueError) {
    let entry = try held(lease, at: now)
    entry.error = keptError(error)
    takeBack(entry, due: now + delay.inMilliseconds, at: now)
  }

  mutating func release(_ lease: Lease, after delay: Duration, at now: Int64) throws(QueueError) {
    let entry = try held(lease, at: now)
    entry.attempts -= 1
    takeBack(entry, due: now + delay.inMilliseconds, at: now)
  }

  // MARK: - The dead

  mutating func bury(_ lease: Lease, error: String, at now: Int64) throws(QueueError) {
    let entry = try held(lease, at: now)
    let shelf = shelf(entry.job.queue)
    unplace(entry)
    entry.phase = .dead
    entry.error = keptError(error)
    shelf.live.remove(entry)
    shelf.dead.append(entry)
    shelf.deadBytes += entry.size
    leaveLane(entry, at: now)
    while shelf.dead.count > limits.maximumDead || shelf.deadBytes > limits.maximumBytes, let oldest = shelf.dead.first {
      forgetDead(oldest)
    }
  }

  private mutating func forgetDead(_ entry: Entry) {
    leaveDead(entry)
    jobs[entry.job.id] = nil
  }

  private func leaveDead(_ entry: Entry) {
    let shelf = shelf(entry.job.queue)
    shelf.dead.remove(entry)
    shelf.deadBytes -= entry.size
  }

  mutating func revive(_ id: JobID, at now: Int64) throws(QueueError) -> Bool {
    guard let entry = jobs[id], entry.phase == .dead else { return false }
    try makeRoom(for: entry.size, in: shelf(entry.job.queue))
    leaveDead(entry)
    entry.attempts = 0
    entry.error = nil
    entry.due = 0
    entry.enqueuedAt = now
    entry.place = draw()
    join(entry, at: now)
    return true
  }

  // MARK: - Readings

  mutating func live(_ id: JobID, at now: Int64) -> LiveJob? {
    guard let entry = jobs[id] else { return nil }
    if entry.phase == .running && entry.rank <= now { expire(entry, at: now) }
    let state: JobState =
      switch entry.phase {
      case .waiting: entry.attempts == 0 ? .queued : .failed
      case .running: .running
      case .dead: .dead
      }
    return LiveJob(
      state: state, attempts: entry.attempts, startedAt: entry.startedAt.map { Timestamp(milliseconds: $0) }, worker: entry.worker,
      error: entry.error)
  }

  mutating func reading(of queue: QueueName, at now: Int64) -> QueueReading {
    settle(queue, at: now)
    let shelf = shelf(queue)
    // Running jobs keep their place in the list, so at most as many are passed over as there are workers.
    var oldest = shelf.live.first
    while let entry = oldest, entry.phase != .waiting { oldest = entry.next }
    return QueueReading(
      depth: shelf.depth, delayed: shelf.delayed.count, running: shelf.leases.count, dead: shelf.dead.count,
      oldestAge: oldest.map { .milliseconds(now - $0.enqueuedAt) }, stolen: shelf.stolen)
  }

  /// When something next happens by itself in these queues: a job becomes due or a lease ends.
  func nextEvent(in queues: [QueueName]) -> Int64? {
    queues.flatMap { queue in [shelf(queue).delayed.first?.rank, shelf(queue).leases.first?.rank] }.compactMap { $0 }.min()
  }
}

/// The part of an error that a queue keeps: its first 4 KiB.
package func keptError(_ error: String) -> String {
  error.utf8.count <= 4096 ? error : String(decoding: error.utf8.prefix(4096), as: UTF8.self)
}
