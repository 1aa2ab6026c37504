// Repositories and their pull requests.

import Domain

extension SQLStore {
  public func register(_ repository: Repository) throws(StoreError) -> Repository {
    try database.write { connection throws(StoreError) in
      try connection.run(
        """
        INSERT INTO repositories (id, forge, name, clone_url, default_branch, enabled, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """,
        [
          .of(repository.id), .of(repository.forge), .of(repository.name), .of(repository.cloneURL), .of(repository.defaultBranch),
          .of(repository.enabled), .of(repository.createdAt),
        ])
      guard let stored = try Self.repository(repository.forge, repository.name, connection) else {
        throw StoreError(.corrupt, "repository \(repository.id) cannot be stored: its identifier is taken by another repository")
      }
      return stored
    }
  }

  public func repository(_ id: RepositoryID) throws(StoreError) -> Repository? {
    try database.read { connection throws(StoreError) in
      try connection.first("SELECT \(Self.repositoryColumns) FROM repositories WHERE id = $1", [.of(id)], Self.repository)
    }
  }

  public func repository(forge: Forge, name: String) throws(StoreError) -> Repository? {
    try database.read { connection throws(StoreError) in try Self.repository(forge, name, connection) }
  }

  public func repositories(_ page: Page<RepositoryID>) throws(StoreError) -> [Repository] {
    try database.read { connection throws(StoreError) in
      var conditions = Conditions()
      conditions.require("id < #", page.before.map { .of($0) })
      let limit = conditions.next(bounded(page.limit))
      return try connection.rows(
        "SELECT \(Self.repositoryColumns) FROM repositories\(conditions.clause) ORDER BY id DESC LIMIT \(limit)", conditions.arguments,
        Self.repository)
    }
  }

  public func setEnabled(_ enabled: Bool, repository id: RepositoryID) throws(StoreError) {
    try database.write { connection throws(StoreError) in
      try connection.run("UPDATE repositories SET enabled = $2 WHERE id = $1", [.of(id), .of(enabled)])
    }
  }

  public func setDefaultBranch(_ branch: String, repository id: RepositoryID) throws(StoreError) {
    try database.write { connection throws(StoreError) in
      try connection.run("UPDATE repositories SET default_branch = $2 WHERE id = $1", [.of(id), .of(branch)])
    }
  }

  public func rename(_ id: RepositoryID, to name: String, cloneURL: String) throws(StoreError) -> Bool {
    try database.write { connection throws(StoreError) in
      try connection.run(
        """
        UPDATE repositories SET name = $2, clone_url = $3 WHERE id = $1 AND NOT EXISTS
        (SELECT 1 FROM repositories AS other WHERE other.name = $2 AND other.forge = repositories.forge AND other.id <> $1)
        """, [.of(id), .of(name), .of(cloneURL)]) == 1
    }
  }

  public func remove(_ id: RepositoryID) throws(StoreError) -> Bool {
    try database.write { connection throws(StoreError) in
      try connection.run("DELETE FROM repositories WHERE id = $1", [.of(id)]) > 0
    }
  }

  public func record(_ pullRequest: PullRequest) throws(StoreError) {
    try database.write { connection throws(StoreError) in
      try connection.run(
        """
        INSERT INTO pull_requests (repository_id, number, state, head_branch, head, base_branch, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (repository_id, number) DO UPDATE SET state = excluded.state, head_branch = excluded.head_branch,
        head = excluded.head, base_branch = excluded.base_branch, updated_at = excluded.updated_at
        WHERE pull_requests.updated_at <= excluded.updated_at
        """,
        [
          .of(pullRequest.repositoryID), .of(pullRequest.number), .of(pullRequest.state), .of(pullRequest.headBranch),
          .of(pullRequest.head), .of(pullRequest.baseBranch), .of(pullRequest.updatedAt),
        ])
    }
  }

  public func pullRequest(repository: RepositoryID, number: Int) throws(StoreError) -> PullRequest? {
    try database.read { connection throws(StoreError) in
      try connection.first(
        """
        SELECT repository_id, number, state, head_branch, head, base_branch, updated_at FROM pull_requests
        WHERE repository_id = $1 AND number = $2
        """, [.of(repository), .of(number)]
      ) { row throws(StoreError) in
        PullRequest(
          repositoryID: try row.id(), number: try row.integer(), state: try row.text(), headBranch: try row.text(),
          head: try row.objectID(), baseBranch: try row.text(), updatedAt: try row.time())
      }
    }
  }

  private static let repositoryColumns = "id, forge, name, clone_url, default_branch, enabled, created_at"

  private static func repository(_ forge: Forge, _ name: String, _ connection: any SQLConnection) throws(StoreError) -> Repository? {
    try connection.first(
      "SELECT \(repositoryColumns) FROM repositories WHERE name = $1 AND forge = $2", [.of(name), .of(forge)], repository)
  }

  private static func repository(_ row: inout Columns) throws(StoreError) -> Repository {
    Repository(
      id: try row.id(), forge: try row.word(), name: try row.text(), cloneURL: try row.text(), defaultBranch: row.optionalText(),
      enabled: try row.flag(), createdAt: try row.time())
  }
}
