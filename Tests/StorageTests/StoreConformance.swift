// The laws of `Store`, on every backend: what comes in. The rest of the suite is in `StoreConformance+Runs.swift`.

import Domain
import Storage
import Testing
import Threading

@Suite struct StoreConformance {
  // MARK: Deliveries

  @Test(arguments: Backend.allCases) func acceptsADeliveryWithItsJob(_ backend: Backend) throws {
    try backend.withStore { store throws in
      let payload = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
      let accepted = delivery(1, payload: payload)
      #expect(try store.accept(accepted, job: job(1)) == .accepted)
      #expect(try store.delivery(accepted.id) == accepted)
      #expect(try store.delivery(key: "key-1") == accepted)
      #expect(try store.job(id(1)) == job(1))
    }
  }

  @Test(arguments: Backend.allCases) func acceptsAnEmptyPayloadAndEveryFieldOfADelivery(_ backend: Backend) throws {
    try backend.withStore { store throws in
      var whole = delivery(1, forge: .gitea, payload: [])
      whole.eventName = ""
      whole.status = .dead
      whole.detail = "it's \"quoted\" \\ $1 ?1 漢"
      whole.runID = id(9)
      whole.finishedAt = time(99)
      #expect(try store.accept(whole, job: job(1)) == .accepted)
      #expect(try store.delivery(whole.id) == whole)
    }
  }

  @Test(arguments: Backend.allCases) func theSameKeyAgainIsADuplicateThatChangesNothing(_ backend: Backend) throws {
    try backend.withStore { store throws in
      var first = delivery(1, key: "same")
      _ = try store.accept(first, job: job(1))
      first.payload = []
      #expect(try store.accept(delivery(2, key: "same"), job: job(2)) == .duplicate(of: first))
      #expect(try store.delivery(id(2)) == nil)
      #expect(try store.job(id(2)) == nil)
      #expect(try store.deliveries(Page(), status: nil).count == 1)
    }
  }

  @Test(arguments: Backend.allCases) func theSameKeyOfAnotherForgeIsAnotherDelivery(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.accept(delivery(1, key: "same", forge: .github), job: job(1))
      #expect(try store.accept(delivery(2, key: "same", forge: .gitlab), job: job(2)) == .accepted)
      #expect(try store.delivery(key: "same")?.id == id(2))
    }
  }

  @Test(arguments: Backend.allCases) func acceptingTheVerySameDeliveryTwiceIsAccepted(_ backend: Backend) throws {
    try backend.withStore { store throws in
      #expect(try store.accept(delivery(1), job: job(1)) == .accepted)
      #expect(try store.accept(delivery(1), job: job(1)) == .accepted)
    }
  }

  @Test(arguments: Backend.allCases) func aTakenIdentifierIsAnErrorThatStoresNothing(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.accept(delivery(1), job: job(1))
      #expect(throws: StoreError.self) { try store.accept(delivery(1, key: "other"), job: job(2)) }
      #expect(try store.job(id(2)) == nil)
      #expect(try store.delivery(key: "other") == nil)
    }
  }

  @Test(arguments: Backend.allCases) func manyThreadsAcceptEachDeliveryOnce(_ backend: Backend) throws {
    try backend.withStore { store throws in
      let outcomes = Monitor<[Acceptance]>([])
      try concurrently(8) { thread in
        for number in 0..<20 {
          // Every key comes from two threads.
          let sample = delivery(thread * 100 + number, key: "\(thread / 2)-\(number)")
          guard let outcome = try? store.accept(sample, job: job(thread * 100 + number)) else { continue }
          outcomes.withLock { $0.append(outcome) }
        }
      }
      let all = outcomes.withLock { $0 }
      #expect(all.count == 160)
      #expect(all.filter { $0 == .accepted }.count == 80)
      #expect(try store.deliveries(Page(limit: 1000), status: nil).count == 80)
      #expect(try store.jobs(Page(limit: 1000), state: nil).count == 80)
    }
  }

  @Test(arguments: Backend.allCases) func withdrawTakesBackDeliveryAndJob(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.accept(delivery(1), job: job(1))
      try store.withdraw(id(1))
      #expect(try store.delivery(id(1)) == nil)
      #expect(try store.job(id(1)) == nil)
      #expect(try store.accept(delivery(2, key: "key-1"), job: job(2)) == .accepted)
    }
  }

  @Test(arguments: Backend.allCases) func settlingIsFinal(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.accept(delivery(1), job: job(1))
      try store.settle(DeliveryOutcome(id: id(1), status: .queued, detail: "waits"), at: time(4))
      #expect(try store.delivery(id(1))?.finishedAt == nil)
      try store.settle(DeliveryOutcome(id: id(1), status: .ignored, detail: "a tag"), at: time(5))
      try store.settle(DeliveryOutcome(id: id(1), status: .dead, detail: "too late"), at: time(6))
      let settled = try #require(try store.delivery(id(1)))
      #expect(settled.status == .ignored)
      #expect(settled.detail == "a tag")
      #expect(settled.finishedAt == time(5))
    }
  }

  @Test(arguments: Backend.allCases) func replansOnceForEachJobItReplaces(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.accept(delivery(1), job: job(1))
      try store.settle(DeliveryOutcome(id: id(1), status: .dead, detail: "crashed"), at: time(5))
      #expect(try store.replan(id(1), replacing: id(1), with: job(2)))
      #expect(try !store.replan(id(1), replacing: id(1), with: job(3)))
      #expect(try store.job(id(3)) == nil)
      let replanned = try #require(try store.delivery(id(1)))
      #expect(replanned.status == .queued)
      #expect(replanned.jobID == id(2))
      #expect(replanned.detail == nil && replanned.finishedAt == nil)
      #expect(try store.job(id(2)) == job(2))
      #expect(try !store.replan(id(7), replacing: id(1), with: job(4)))
    }
  }

  @Test(arguments: Backend.allCases) func listsDeliveriesInPagesWithoutPayloads(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...5 { _ = try store.accept(delivery(number), job: job(number)) }
      try store.settle(DeliveryOutcome(id: id(2), status: .completed), at: time(9))
      let first = try store.deliveries(Page(limit: 2), status: nil)
      #expect(first.map(\.id) == [id(5), id(4)])
      #expect(first.allSatisfy { $0.payload.isEmpty })
      #expect(try store.deliveries(Page(before: id(4), limit: 2), status: nil).map(\.id) == [id(3), id(2)])
      #expect(try store.deliveries(Page(before: id(2), limit: 2), status: nil).map(\.id) == [id(1)])
      #expect(try store.deliveries(Page(), status: .queued).map(\.id) == [id(5), id(4), id(3), id(1)])
      #expect(try store.deliveries(Page(limit: 0), status: nil).isEmpty)
      #expect(try store.deliveries(Page(limit: -1), status: nil).isEmpty)
    }
  }

  @Test(arguments: Backend.allCases) func findsUnfinishedDeliveriesOldestFirst(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...5 { _ = try store.accept(delivery(number), job: job(number)) }
      try store.settle(DeliveryOutcome(id: id(2), status: .completed), at: time(9))
      #expect(try store.unfinishedDeliveries(receivedBefore: time(5), limit: 9).map(\.id) == [id(1), id(3), id(4)])
      #expect(try store.unfinishedDeliveries(receivedBefore: time(5), limit: 2).map(\.id) == [id(1), id(3)])
    }
  }

  @Test(arguments: Backend.allCases) func prunesWhatEndedBeforeATime(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...4 { _ = try store.accept(delivery(number), job: job(number, finishedAt: time(number))) }
      for number in 1...3 { try store.settle(DeliveryOutcome(id: id(number), status: .completed), at: time(number)) }
      try store.record(metric: "memory", value: 1, at: time(1))
      #expect(try store.prune(finishedBefore: time(3), limit: 1) == 3)
      #expect(try store.prune(finishedBefore: time(3), limit: 100) == 2)
      #expect(try store.prune(finishedBefore: time(3), limit: 100) == 0)
      #expect(try store.deliveries(Page(), status: nil).map(\.id) == [id(4), id(3)])
      #expect(try store.delivery(id(3))?.payload == Array("{}".utf8))
      #expect(try store.jobs(Page(), state: nil).map(\.id) == [id(4), id(3)])
    }
  }

  // MARK: Jobs

  @Test(arguments: Backend.allCases) func keepsAndUpdatesJobs(_ backend: Backend) throws {
    try backend.withStore { store throws in
      var sample = job(1)
      sample.startedAt = nil
      sample.result = nil
      sample.error = nil
      try store.insert(sample)
      try store.insert(job(1, state: .dead))
      #expect(try store.job(id(1)) == sample)
      sample = job(1, state: .completed, holder: "process", finishedAt: time(3))
      try store.update(sample, settling: nil)
      #expect(try store.job(id(1)) == sample)
      #expect(try store.job(id(2)) == nil)
    }
  }

  @Test(arguments: Backend.allCases) func updatingAJobSettlesItsDelivery(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.accept(delivery(1), job: job(1))
      let outcome = DeliveryOutcome(id: id(1), status: .completed, detail: "done")
      try store.update(job(1, state: .completed, finishedAt: time(8)), settling: outcome)
      #expect(try store.job(id(1))?.state == .completed)
      let settled = try #require(try store.delivery(id(1)))
      #expect(settled.status == .completed && settled.detail == "done" && settled.finishedAt == time(8))
    }
  }

  @Test(arguments: Backend.allCases) func listsJobsByState(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...4 { try store.insert(job(number, state: number.isMultiple(of: 2) ? .dead : .queued)) }
      #expect(try store.jobs(Page(limit: 3), state: nil).map(\.id) == [id(4), id(3), id(2)])
      #expect(try store.jobs(Page(), state: .dead).map(\.id) == [id(4), id(2)])
      #expect(try store.jobs(Page(before: id(4)), state: .dead).map(\.id) == [id(2)])
    }
  }

  @Test(arguments: Backend.allCases) func losesOtherHoldersUnfinishedJobs(_ backend: Backend) throws {
    try backend.withStore { store throws in
      try store.insert(job(1, state: .running, holder: "mine"))
      try store.insert(job(2, state: .running, holder: "ended"))
      try store.insert(job(3, state: .failed, holder: "ended"))
      try store.insert(job(4, state: .dead, holder: "ended"))
      try store.insert(job(5, state: .queued))
      #expect(try store.loseJobs(notHeldBy: "mine", at: time(50)) == 2)
      #expect(try store.jobs(Page(), state: .lost).map(\.id) == [id(3), id(2)])
      #expect(try store.job(id(2))?.finishedAt == time(50))
      #expect(try store.loseJobs(notHeldBy: "mine", at: time(51)) == 0)
    }
  }
}
