// The laws of `Store`, on every backend: the outbox, offers and notes.

import Domain
import Storage
import Testing
import Threading

/// A queued effect of repository 1 that is due at time 1.
func effect(_ number: Int, order: String = "a", kind: Effect.Kind = .deliver) -> Effect {
  Effect(
    id: id(number), key: "effect-\(number)", repositoryID: id(1), runID: id(10), orderingKey: order, kind: kind, payload: "{}",
    notBefore: time(1), createdAt: time(1))
}

func offer(_ healing: String, pullRequest: Int = 7, rule: String = "r") -> Offer {
  Offer(
    repositoryID: id(1), branch: "main", pullRequest: pullRequest, healing: healing, rule: rule, strategy: "s", path: "a.md",
    before: "old", after: "new", road: .suggestion, offeredAt: time(1))
}

extension StoreConformance {
  private func withRepository(_ backend: Backend, _ body: (SQLStore) throws -> Void) throws {
    try backend.withStore { store throws in
      _ = try store.register(repository(1))
      try body(store)
    }
  }

  // MARK: Effects

  @Test(arguments: Backend.allCases) func keepsEveryFieldOfAnEffectAndPostsEachKeyOnce(_ backend: Backend) throws {
    try withRepository(backend) { store in
      var whole = effect(1, kind: .obey)
      whole.detail = "x\"'\\"
      try store.post([whole, effect(2)])
      #expect(try store.effect(id(1)) == whole)
      #expect(try store.effect(key: "effect-2") == effect(2))
      var again = effect(3)
      again.key = "effect-1"
      try store.post([again])
      #expect(try store.effect(id(3)) == nil)
      #expect(try store.effects(Page(), state: .queued).map(\.id) == [id(2), id(1)])
      #expect(try store.effects(Page(before: id(2)), state: nil).map(\.id) == [id(1)])
      #expect(try store.counts().contains(StateCount(record: "effects", state: "queued", count: 2)))
    }
  }

  @Test(arguments: Backend.allCases) func anEffectOfAnUnknownRepositoryIsRefused(_ backend: Backend) throws {
    try backend.withStore { store throws in
      #expect(throws: StoreError.self) { try store.post([effect(1)]) }
      #expect(try store.effect(id(1)) == nil)
    }
  }

  @Test(arguments: Backend.allCases) func leasesOneOfEachOrderAtATime(_ backend: Backend) throws {
    try withRepository(backend) { store in
      try store.post([effect(1), effect(2), effect(3, order: "b")])
      let first = try #require(try store.leaseEffect(by: "x", at: time(2), until: time(5)))
      #expect(first.id == id(1) && first.attempts == 1 && first.holder == "x" && first.notBefore == time(5))
      #expect(try store.leaseEffect(by: "y", at: time(2), until: time(5))?.id == id(3))
      #expect(try store.leaseEffect(by: "y", at: time(2), until: time(5)) == nil)
      // The second of its order waits for the first, however that ends.
      var done = first
      done.state = .dead
      done.detail = "no"
      done.finishedAt = time(3)
      #expect(try store.settle(done))
      #expect(try store.effect(id(1))?.state == .dead)
      #expect(try store.effect(id(1))?.holder == nil)
      #expect(try store.leaseEffect(by: "y", at: time(3), until: time(5))?.id == id(2))
    }
  }

  @Test(arguments: Backend.allCases) func aLeaseThatEndedGoesToAnotherAndFencesTheFirst(_ backend: Backend) throws {
    try withRepository(backend) { store in
      try store.post([effect(1)])
      var slow = try #require(try store.leaseEffect(by: "slow", at: time(2), until: time(5)))
      #expect(try store.extendLease(of: id(1), by: "slow", until: time(6)))
      #expect(try store.leaseEffect(by: "fast", at: time(5), until: time(9)) == nil)
      let stolen = try #require(try store.leaseEffect(by: "fast", at: time(6), until: time(9)))
      #expect(stolen.attempts == 2)
      #expect(try !store.extendLease(of: id(1), by: "slow", until: time(20)))
      slow.state = .done
      #expect(try !store.settle(slow))
      #expect(try store.effect(id(1))?.state == .queued)
    }
  }

  @Test(arguments: Backend.allCases) func anEffectThatFailedIsTriedAgainLater(_ backend: Backend) throws {
    try withRepository(backend) { store in
      try store.post([effect(1), effect(2)])
      var failed = try #require(try store.leaseEffect(by: "x", at: time(2), until: time(5)))
      failed.notBefore = time(8)
      failed.detail = "no answer"
      #expect(try store.settle(failed))
      #expect(try store.leaseEffect(by: "x", at: time(7), until: time(9)) == nil)
      #expect(try store.leaseEffect(by: "x", at: time(8), until: time(9))?.id == id(1))
    }
  }

  @Test(arguments: Backend.allCases) func manyThreadsLeaseEachEffectOnce(_ backend: Backend) throws {
    try withRepository(backend) { store in
      try store.post((1...40).map { effect($0, order: "\($0)") })
      let leased = Monitor<[EffectID]>([])
      try concurrently(8) { thread in
        while let effect = try? store.leaseEffect(by: "\(thread)", at: time(2), until: time(5)) { leased.withLock { $0.append(effect.id) } }
      }
      // A thread may give up while others are faster; one more looks at what is left.
      while let effect = try store.leaseEffect(by: "last", at: time(2), until: time(5)) { leased.withLock { $0.append(effect.id) } }
      #expect(leased.withLock { $0.count } == 40)
      #expect(leased.withLock { Set($0).count } == 40)
    }
  }

  @Test(arguments: Backend.allCases) func runsAndTheirEffectsAreStoredTogether(_ backend: Backend) throws {
    try withRepository(backend) { store in
      try store.plan(run(10), job: job(10), for: nil, posting: [effect(1, kind: .announce)])
      try store.finish(run(10, finishedAt: time(6)), deliveries: .completed, detail: nil, at: time(6), posting: [effect(2)])
      #expect(try store.effects(Page(), state: nil).map(\.id) == [id(2), id(1)])
      // A repeated call posts nothing twice.
      try store.finish(run(10, finishedAt: time(6)), deliveries: .completed, detail: nil, at: time(6), posting: [effect(2)])
      #expect(try store.effects(Page(), state: nil).count == 2)
    }
  }

  // MARK: Offers

  @Test(arguments: Backend.allCases) func keepsOffersAndWhatBecameOfThem(_ backend: Backend) throws {
    try withRepository(backend) { store in
      try store.record([offer("a"), offer("b"), offer("c", pullRequest: 8)])
      var again = offer("a")
      again.road = .commit
      try store.record([again])
      #expect(try store.offers(repository: id(1), pullRequest: 7) == [again, offer("b")])
      try store.settle([offer("a")], as: .declined, at: time(2))
      try store.settle([offer("a"), offer("b")], as: .accepted, at: time(3))
      #expect(try store.offers(repository: id(1), pullRequest: 7).map(\.state) == [.declined, .accepted])
      try store.record([offer("a")])
      #expect(try store.offers(repository: id(1), pullRequest: 7)[0].state == .declined)
      #expect(try store.declinedHealings(repository: id(1), limit: 10) == ["a"])
      #expect(
        try store.offerCounts(repository: id(1)) == [
          OfferCount(rule: "r", strategy: "s", state: .accepted, count: 1),
          OfferCount(rule: "r", strategy: "s", state: .declined, count: 1),
          OfferCount(rule: "r", strategy: "s", state: .open, count: 1),
        ])
      #expect(try store.remove(id(1)))
      #expect(try store.offerCounts(repository: id(1)) == [])
    }
  }

  // MARK: Notes

  @Test(arguments: Backend.allCases) func notesAreComparedBeforeTheyAreSet(_ backend: Backend) throws {
    try backend.withStore { store throws in
      #expect(try store.note("k") == nil)
      #expect(try store.replaceNote("k", from: nil, to: "1"))
      #expect(try !store.replaceNote("k", from: nil, to: "2"))
      #expect(try !store.replaceNote("k", from: "0", to: "2"))
      #expect(try store.replaceNote("k", from: "1", to: "2"))
      #expect(try store.note("k") == "2")
    }
  }

  @Test(arguments: Backend.allCases) func everyChangeOfANoteCounts(_ backend: Backend) throws {
    try backend.withStore { store throws in
      try concurrently(4) { _ in
        for _ in 0..<10 { _ = try? store.changeNote("count") { String((Int($0 ?? "0") ?? 0) + 1) } }
      }
      #expect(try store.note("count") == "40")
    }
  }
}
