// What a run needs of git: the repository's mirror, two trees, a commit, a push.

import Domain
import Forges
import Queue
import Settings
import Validation
import Workspace

/// The mirror of one repository, for the length of one run.
struct RunWorkspace {
  let mirror: Mirror
  private let remote: Remote
  private let credential: Credential?
  private let forge: Forge
  private let ended: () -> Void

  /// Opens the mirror, making it on first use. The job's cancellation ends the git commands that it waits for.
  init(repository: Repository, settings: Settings, credentials: GitCredentials, control: JobControl) throws {
    let cancellation = try Cancellation()
    let registration = control.whenCancelled { cancellation.cancel() }
    try self.init(repository: repository, settings: settings, credentials: credentials, cancellation: cancellation) {
      control.forget(registration)
    }
  }

  /// - Parameter ended: called when it is closed.
  init(
    repository: Repository, settings: Settings, credentials: GitCredentials, cancellation: Cancellation, ended: @escaping () -> Void = {}
  ) throws {
    self.ended = ended
    mirror = try Mirror(
      repository.id, in: settings.dataDirectory + "/mirrors", git: try Git(cancellation: cancellation))
    remote = try Remote(repository.cloneURL)
    credential = try credentials.credential(for: repository)
    forge = repository.forge
  }

  func close() {
    ended()
    mirror.repository.close()
  }

  /// Brings the mirror up to date, with the head of a pull request where there is one.
  func fetch(pullRequest number: Int?) throws {
    guard let ref = number.flatMap(pullRequestRef) else { return try mirror.fetch(from: remote, credential: credential) }
    do {
      try mirror.fetch(from: remote, credential: credential, refs: [ref])
    } catch {
      // A forge may make the ref later than it tells of the pull request, or keep none; the branch itself may be here.
      guard error.code == .unknownRevision || error.description.contains("couldn't find remote ref") else { throw error }
      try mirror.fetch(from: remote, credential: credential)
    }
  }

  private func pullRequestRef(_ number: Int) -> String? {
    switch forge {
    case .github, .gitea: "refs/pull/\(number)/head"
    case .gitlab: "refs/merge-requests/\(number)/head"
    case .git: nil
    }
  }

  func tip(of branch: String) throws -> ObjectID? { try mirror.repository.tip(of: BranchName(branch)) }
  func has(_ commit: ObjectID) throws -> Bool { try mirror.repository.contains(commit) }
  func message(of commit: ObjectID) throws -> String { try mirror.repository.commitMessage(of: commit) }
  func mergeBase(_ one: ObjectID, _ other: ObjectID) throws -> ObjectID? { try mirror.repository.mergeBase(one, other) }
  func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws -> Bool {
    try has(ancestor) && mirror.repository.isAncestor(ancestor, of: commit)
  }

  /// A commit to compare with where nobody said which.
  func earlierCommit(than head: ObjectID) throws -> ObjectID? { try mirror.repository.earlierCommit(than: head) }

  func change(base: ObjectID?, head: ObjectID) throws -> Change { try mirror.repository.change(base: base, head: head) }

  /// The repository's own configuration: that of the branch, for a pull request that of its base, so that a stranger's pull
  /// request cannot change how it is judged.
  func configuration(
    for run: Run, change: Change
  ) throws -> (configuration: RepositoryConfiguration, mistakes: [ConfigurationMistake]) {
    var tree: any Checkout = change.head
    if run.pullRequest != nil, let base = try tip(of: run.branch) ?? run.base { tree = try mirror.repository.tree(at: base) }
    return RepositoryConfiguration.read(from: tree)
  }

  /// A commit on `base` with the given files replaced. The same input gives the same commit: its time is that of `base`.
  func commit(_ files: [(path: String, bytes: [UInt8])], onto base: ObjectID, message: String) throws -> ObjectID {
    try mirror.repository.writeRepair(files, onto: base, message: message)
  }

  /// Adds a commit to a person's branch, of this repository or of a fork of it.
  func append(_ commit: ObjectID, to branch: String, of fork: Remote? = nil, after tip: ObjectID) throws {
    _ = try mirror.repository.append(commit, to: BranchName(branch), at: fork ?? remote, credential: credential, after: tip)
  }

  /// Points the engine's branch at a commit; throws when the branch is not at `expected` any more.
  func push(_ commit: ObjectID, to branch: String, expecting expected: ObjectID?) throws {
    _ = try mirror.repository.push(commit, to: BranchName(branch), at: remote, credential: credential, expecting: expected)
  }
}

extension GitRepository {
  /// Who the engine is in commits.
  static let engine = (name: "Doc Healing", email: "doc-healing@localhost")

  /// A commit on `base` with the given files replaced, dated as `base`, so that doing it again gives the same commit.
  func writeRepair(_ files: [(path: String, bytes: [UInt8])], onto base: ObjectID, message: String) throws -> ObjectID {
    let time = try commit(base).committer.time
    let signature = Commit.Signature(name: Self.engine.name, email: Self.engine.email, time: time)
    return try write(
      NewCommit(
        base: try tree(at: base), files: files.map { NewCommit.File(path: $0.path, content: $0.bytes) }, message: message,
        author: signature))
  }
}

extension RepositoryConfiguration {
  /// What a tree's `.doc-healing.yml` says; the defaults when there is none.
  public static func read(from tree: any Checkout) -> (configuration: RepositoryConfiguration, mistakes: [ConfigurationMistake]) {
    guard let entry = tree.entry(at: fileName), entry.kind == .file || entry.kind == .executable else {
      return (RepositoryConfiguration(), [])
    }
    // One byte more than allowed is enough for the parser to say that it is too large.
    guard entry.size <= sizeLimit else { return parse([UInt8](repeating: 0x20, count: sizeLimit + 1)) }
    guard let bytes = try? tree.read(entry, limit: sizeLimit) else { return (RepositoryConfiguration(), []) }
    return parse(bytes, knownRules: RuleRegistry.all.map(\.name).sorted())
  }

  /// The mistakes of a tree's configuration as findings at their lines.
  public static func findings(_ mistakes: [ConfigurationMistake], in tree: any Checkout) -> [Finding] {
    guard !mistakes.isEmpty, let entry = tree.entry(at: fileName) else { return [] }
    let bytes = (try? tree.read(entry, limit: sizeLimit)) ?? []
    let lines = LineIndex(bytes)
    return mistakes.map { mistake in
      let line = min(max(1, mistake.line), lines.starts.count)
      let span = lines.span(ofLine: line)
      return Finding(
        rule: "configuration", severity: .warning, path: fileName, span: span, start: Position(line: line, column: 1),
        end: lines.position(of: span.end), message: mistake.message, text: String(decoding: bytes[span.range], as: UTF8.self),
        fingerprint: "configuration:\(mistake.message)")
    }
  }
}
