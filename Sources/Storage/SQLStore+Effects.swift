// The outbox, what was offered to people, and small notes that outlive runs.
//
// An effect that somebody tries is still `queued`: its `not_before` is the end of the lease, so that a lease which ended is due again
// without anybody clearing up. `holder` is the fencing token: only who holds it may settle.

import Domain

extension SQLStore {
  // MARK: Effects

  public func post(_ effects: [Effect]) throws(StoreError) {
    guard !effects.isEmpty else { return }
    try database.write { connection throws(StoreError) in try post(effects, connection) }
  }

  /// Stores effects inside a transaction; one whose key is there stays as it is.
  func post(_ effects: [Effect], _ connection: any SQLConnection) throws(StoreError) {
    for effect in effects {
      try connection.run(
        """
        INSERT INTO effects (\(Self.effectColumns))
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING
        """,
        [
          .of(effect.id), .of(effect.key), .of(effect.repositoryID), .of(effect.runID?.rawValue), .of(effect.orderingKey),
          .of(effect.kind), .of(effect.payload), .of(effect.state), .of(effect.attempts), .of(effect.notBefore), .of(effect.holder),
          .of(effect.detail), .of(effect.createdAt), .of(effect.finishedAt),
        ])
    }
  }

  /// Effects that are looked at for one lease: others may be faster at the first of them.
  private static let leaseCandidates = 16

  public func leaseEffect(by holder: String, at now: Timestamp, until end: Timestamp) throws(StoreError) -> Effect? {
    let due = try database.read { connection throws(StoreError) in
      try connection.rows(
        """
        SELECT \(Self.effectColumns) FROM effects WHERE state = 'queued' AND not_before <= $1 AND NOT EXISTS
        (SELECT 1 FROM effects AS earlier WHERE earlier.ordering_key = effects.ordering_key AND earlier.state = 'queued'
        AND earlier.id < effects.id) ORDER BY not_before, id LIMIT $2
        """, [.of(now), .of(Self.leaseCandidates)], Self.effect)
    }
    for var effect in due {
      let taken = try database.write { connection throws(StoreError) in
        try connection.run(
          """
          UPDATE effects SET holder = $3, not_before = $4, attempts = attempts + 1
          WHERE id = $1 AND state = 'queued' AND not_before = $2
          """, [.of(effect.id), .of(effect.notBefore), .of(holder), .of(end)])
      }
      guard taken == 1 else { continue }
      effect.holder = holder
      effect.notBefore = end
      effect.attempts += 1
      return effect
    }
    return nil
  }

  public func extendLease(of id: EffectID, by holder: String, until end: Timestamp) throws(StoreError) -> Bool {
    try database.write { connection throws(StoreError) in
      try connection.run(
        "UPDATE effects SET not_before = $3 WHERE id = $1 AND holder = $2 AND state = 'queued'", [.of(id), .of(holder), .of(end)]) == 1
    }
  }

  public func settle(_ effect: Effect) throws(StoreError) -> Bool {
    try database.write { connection throws(StoreError) in
      try connection.run(
        """
        UPDATE effects SET state = $3, not_before = $4, attempts = $5, detail = $6, finished_at = $7, holder = NULL
        WHERE id = $1 AND holder = $2 AND state = 'queued'
        """,
        [
          .of(effect.id), .of(effect.holder), .of(effect.state), .of(effect.notBefore), .of(effect.attempts), .of(effect.detail),
          .of(effect.finishedAt),
        ]) == 1
    }
  }

  public func effect(_ id: EffectID) throws(StoreError) -> Effect? {
    try database.read { connection throws(StoreError) in
      try connection.first("SELECT \(Self.effectColumns) FROM effects WHERE id = $1", [.of(id)], Self.effect)
    }
  }

  public func effect(key: String) throws(StoreError) -> Effect? {
    try database.read { connection throws(StoreError) in
      try connection.first("SELECT \(Self.effectColumns) FROM effects WHERE key = $1", [.of(key)], Self.effect)
    }
  }

  public func effects(_ page: Page<EffectID>, state: Effect.State?) throws(StoreError) -> [Effect] {
    try database.read { connection throws(StoreError) in
      var conditions = Conditions()
      conditions.require("state = #", state.map { .of($0) })
      conditions.require("id < #", page.before.map { .of($0) })
      let limit = conditions.next(bounded(page.limit))
      return try connection.rows(
        "SELECT \(Self.effectColumns) FROM effects\(conditions.clause) ORDER BY id DESC LIMIT \(limit)", conditions.arguments,
        Self.effect)
    }
  }

  private static let effectColumns =
    "id, key, repository_id, run_id, ordering_key, kind, payload, state, attempts, not_before, holder, detail, created_at, finished_at"

  private static func effect(_ row: inout Columns) throws(StoreError) -> Effect {
    Effect(
      id: try row.id(), key: try row.text(), repositoryID: try row.id(), runID: row.optionalText().map(RunID.init),
      orderingKey: try row.text(), kind: try row.word(), payload: try row.text(), state: try row.word(), attempts: try row.integer(),
      notBefore: try row.time(), holder: row.optionalText(), detail: row.optionalText(), createdAt: try row.time(),
      finishedAt: row.optionalTime())
  }

  // MARK: Offers

  public func record(_ offers: [Offer]) throws(StoreError) {
    guard !offers.isEmpty else { return }
    try database.write { connection throws(StoreError) in
      for offer in offers {
        try connection.run(
          """
          INSERT INTO offers (\(Self.offerColumns))
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
          ON CONFLICT (repository_id, pull_request, healing) DO UPDATE SET road = excluded.road, before = excluded.before,
          after = excluded.after WHERE offers.state = 'open'
          """,
          [
            .of(offer.repositoryID), .of(offer.branch), .of(offer.pullRequest), .of(offer.healing), .of(offer.rule), .of(offer.strategy),
            .of(offer.path), .of(offer.before), .of(offer.after), .of(offer.road), .of(offer.state), .of(offer.offeredAt),
            .of(offer.settledAt),
          ])
      }
    }
  }

  public func settle(_ offers: [Offer], as state: Offer.State, at time: Timestamp) throws(StoreError) {
    guard !offers.isEmpty else { return }
    try database.write { connection throws(StoreError) in
      for offer in offers {
        try connection.run(
          """
          UPDATE offers SET state = $4, settled_at = $5
          WHERE repository_id = $1 AND pull_request = $2 AND healing = $3 AND state = 'open'
          """, [.of(offer.repositoryID), .of(offer.pullRequest), .of(offer.healing), .of(state), .of(time)])
      }
    }
  }

  public func offers(repository: RepositoryID, pullRequest: Int) throws(StoreError) -> [Offer] {
    try database.read { connection throws(StoreError) in
      try connection.rows(
        "SELECT \(Self.offerColumns) FROM offers WHERE repository_id = $1 AND pull_request = $2 ORDER BY healing",
        [.of(repository), .of(pullRequest)], Self.offer)
    }
  }

  public func declinedHealings(repository: RepositoryID, limit: Int) throws(StoreError) -> Set<String> {
    Set(
      try database.read { connection throws(StoreError) in
        try connection.rows(
          "SELECT healing FROM offers WHERE repository_id = $1 AND state = 'declined' ORDER BY settled_at DESC LIMIT $2",
          [.of(repository), bounded(limit)]
        ) { row throws(StoreError) in try row.text() }
      })
  }

  public func offerCounts(repository: RepositoryID) throws(StoreError) -> [OfferCount] {
    try database.read { connection throws(StoreError) in
      try connection.rows(
        """
        SELECT rule, strategy, state, COUNT(*) FROM offers WHERE repository_id = $1
        GROUP BY rule, strategy, state ORDER BY rule, strategy, state
        """, [.of(repository)]
      ) { row throws(StoreError) in
        OfferCount(rule: try row.text(), strategy: try row.text(), state: try row.word(), count: try row.integer())
      }
    }
  }

  private static let offerColumns =
    "repository_id, branch, pull_request, healing, rule, strategy, path, before, after, road, state, offered_at, settled_at"

  private static func offer(_ row: inout Columns) throws(StoreError) -> Offer {
    Offer(
      repositoryID: try row.id(), branch: try row.text(), pullRequest: try row.integer(), healing: try row.text(), rule: try row.text(),
      strategy: try row.text(), path: try row.text(), before: try row.text(), after: try row.text(), road: try row.word(),
      state: try row.word(), offeredAt: try row.time(), settledAt: row.optionalTime())
  }

  // MARK: Notes

  public func note(_ key: String) throws(StoreError) -> String? {
    try database.read { connection throws(StoreError) in
      try connection.first("SELECT value FROM notes WHERE key = $1", [.of(key)]) { row throws(StoreError) in try row.text() }
    }
  }

  public func replaceNote(_ key: String, from old: String?, to new: String) throws(StoreError) -> Bool {
    try database.write { connection throws(StoreError) in
      guard let old else {
        return try connection.run("INSERT INTO notes (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", [.of(key), .of(new)]) == 1
      }
      return try connection.run("UPDATE notes SET value = $3 WHERE key = $1 AND value = $2", [.of(key), .of(old), .of(new)]) == 1
    }
  }
}
