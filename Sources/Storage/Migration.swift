// The schema, as numbered steps. Each step is written once, in SQLite's words (`SQLDialect` puts them into another
// database's), with its way back. A step that was released is never edited: a change is a new step at the end.

/// One step of the schema.
public struct Migration: Sendable {
  /// From 1, without gaps.
  public let version: Int
  /// What it is about, for people.
  public let name: String
  let up: [String]
  let down: [String]

  /// Every step, in order.
  public static let all: [Migration] = [intake, runs, metrics, outbox]

  /// The version that this program reads and writes.
  public static var newest: Int { all.count }

  // Every key below is at most 600 characters: PostgreSQL's indexes take entries of up to 2,704 bytes.
  // `WITHOUT ROWID` keeps rows in the order of their identifiers: one b-tree to write for a row instead of two.

  /// What is written before a webhook is answered. Payloads stand apart, so that a change of status does not copy one.
  private static let intake = Migration(
    version: 1, name: "deliveries and jobs",
    up: [
      """
      CREATE TABLE deliveries (
        id TEXT NOT NULL PRIMARY KEY,
        forge TEXT NOT NULL,
        deduplication_key TEXT NOT NULL CHECK (length(deduplication_key) <= 600),
        event_name TEXT NOT NULL,
        status TEXT NOT NULL,
        detail TEXT,
        job_id TEXT NOT NULL,
        run_id TEXT,
        received_at INTEGER NOT NULL,
        finished_at INTEGER
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE UNIQUE INDEX deliveries_by_key ON deliveries (deduplication_key, forge)",
      "CREATE INDEX deliveries_by_status ON deliveries (status, id)",
      "CREATE INDEX deliveries_by_run ON deliveries (run_id) WHERE run_id IS NOT NULL",
      "CREATE INDEX deliveries_by_end ON deliveries (finished_at) WHERE finished_at IS NOT NULL",
      """
      CREATE TABLE delivery_payloads (
        delivery_id TEXT NOT NULL PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
        payload BLOB NOT NULL
      ) STRICT
      """,
      """
      CREATE TABLE jobs (
        id TEXT NOT NULL PRIMARY KEY,
        queue TEXT NOT NULL,
        function TEXT NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        holder TEXT,
        enqueued_at INTEGER NOT NULL,
        started_at INTEGER,
        finished_at INTEGER,
        result TEXT,
        error TEXT
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE INDEX jobs_by_state ON jobs (state, id)",
      "CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL",
      "CREATE TABLE probes (id INTEGER NOT NULL PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    ],
    down: ["DROP TABLE probes", "DROP TABLE jobs", "DROP TABLE delivery_payloads", "DROP TABLE deliveries"])

  /// What is watched, and what runs found and published. Removing a repository or a run removes what hangs on it.
  private static let runs = Migration(
    version: 2, name: "repositories, runs and their findings",
    up: [
      """
      CREATE TABLE repositories (
        id TEXT NOT NULL PRIMARY KEY,
        forge TEXT NOT NULL,
        name TEXT NOT NULL CHECK (length(name) <= 600),
        clone_url TEXT NOT NULL,
        default_branch TEXT,
        enabled INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE UNIQUE INDEX repositories_by_name ON repositories (name, forge)",
      """
      CREATE TABLE pull_requests (
        repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        state TEXT NOT NULL,
        head_branch TEXT NOT NULL,
        head TEXT NOT NULL,
        base_branch TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (repository_id, number)
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE runs (
        id TEXT NOT NULL PRIMARY KEY,
        repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        branch TEXT NOT NULL CHECK (length(branch) <= 600),
        pull_request INTEGER,
        base TEXT,
        head TEXT NOT NULL,
        state TEXT NOT NULL,
        job_id TEXT NOT NULL,
        published_to TEXT,
        published_commit TEXT,
        detail TEXT,
        document_count INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        finished_at INTEGER,
        patch TEXT NOT NULL
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE INDEX runs_by_repository ON runs (repository_id, id)",
      "CREATE INDEX runs_by_branch ON runs (repository_id, branch, id)",
      "CREATE INDEX runs_by_state ON runs (state)",
      "CREATE INDEX runs_by_end ON runs (finished_at) WHERE finished_at IS NOT NULL",
      """
      CREATE TABLE findings (
        id TEXT NOT NULL PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        repository_id TEXT NOT NULL,
        rule TEXT NOT NULL CHECK (length(rule) <= 600),
        severity TEXT NOT NULL,
        path TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE INDEX findings_by_run ON findings (run_id, id)",
      "CREATE INDEX findings_by_repository ON findings (repository_id, id)",
      "CREATE INDEX findings_by_rule ON findings (rule, id)",
      "CREATE INDEX findings_by_severity ON findings (severity, id)",
      "CREATE INDEX findings_by_path ON findings (substr(path, 1, 200), id)",
      """
      CREATE TABLE fixes (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        strategy TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, position)
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE publications (
        key TEXT NOT NULL PRIMARY KEY CHECK (length(key) <= 600),
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        forge_id TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE INDEX publications_by_run ON publications (run_id)",
    ],
    down: [
      "DROP TABLE publications", "DROP TABLE fixes", "DROP TABLE findings", "DROP TABLE runs", "DROP TABLE pull_requests",
      "DROP TABLE repositories",
    ])

  /// Gauges over time.
  private static let metrics = Migration(
    version: 3, name: "metrics",
    up: [
      """
      CREATE TABLE metrics (
        name TEXT NOT NULL CHECK (length(name) <= 600),
        at INTEGER NOT NULL,
        value REAL NOT NULL,
        PRIMARY KEY (name, at)
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE INDEX metrics_by_time ON metrics (at)",
    ],
    down: ["DROP TABLE metrics"])

  /// Outward effects, what was offered to people, and notes. Offers outlive the runs that made them: they are how a rule is judged.
  private static let outbox = Migration(
    version: 4, name: "effects, offers and notes",
    up: [
      """
      CREATE TABLE effects (
        id TEXT NOT NULL PRIMARY KEY,
        key TEXT NOT NULL CHECK (length(key) <= 600),
        repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        run_id TEXT,
        ordering_key TEXT NOT NULL CHECK (length(ordering_key) <= 600),
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        holder TEXT,
        detail TEXT,
        created_at INTEGER NOT NULL,
        finished_at INTEGER
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE UNIQUE INDEX effects_by_key ON effects (key)",
      "CREATE INDEX effects_by_state ON effects (state, id)",
      "CREATE INDEX effects_due ON effects (state, not_before, id)",
      "CREATE INDEX effects_in_order ON effects (ordering_key, id) WHERE state = 'queued'",
      "CREATE INDEX effects_by_repository ON effects (repository_id)",
      "CREATE INDEX effects_by_end ON effects (finished_at) WHERE finished_at IS NOT NULL",
      """
      CREATE TABLE offers (
        repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        branch TEXT NOT NULL,
        pull_request INTEGER NOT NULL,
        healing TEXT NOT NULL CHECK (length(healing) <= 600),
        rule TEXT NOT NULL,
        strategy TEXT NOT NULL,
        path TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        road TEXT NOT NULL,
        state TEXT NOT NULL,
        offered_at INTEGER NOT NULL,
        settled_at INTEGER,
        PRIMARY KEY (repository_id, pull_request, healing)
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE INDEX offers_by_state ON offers (repository_id, state, settled_at)",
      """
      CREATE TABLE notes (
        key TEXT NOT NULL PRIMARY KEY CHECK (length(key) <= 600),
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID
      """,
    ],
    down: ["DROP TABLE notes", "DROP TABLE offers", "DROP TABLE effects"])
}
