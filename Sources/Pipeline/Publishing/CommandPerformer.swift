// Commands in comments: who may give them, what they do, what is answered. Each command of a comment is done once, whatever fails in
// between: what was done is noted before the next one begins.

import Domain
import Forges
import FoundationEssentials
import Settings
import Storage
import Threading
import Validation
import Workspace

/// Does what comments ask for.
struct CommandPerformer: Sendable {
  let store: any Store
  let workspaces: EffectWorkspaces
  let clients: ForgeClients
  let committer: HeadCommitter
  let planner: Planner
  let clock: any WallClock

  /// One comment's commands, as they are done.
  private struct Session {
    let client: any ForgeClient
    let repository: Repository
    let request: CommandRequest
    let pull: ForgePullRequest
    let mention: String

    var isOwn: Bool { OwnCommits.isOwn(branch: pull.head.branch) && !pull.isFork }
    var number: Int { pull.number }
  }

  func obey(_ request: CommandRequest, in repository: Repository, step: @escaping () throws -> Void) throws -> EffectOutcome {
    let client = clients[repository.forge]
    let account = try client.account()
    guard request.author != account else { return .dropped("our own comment") }
    let mention = LoginName.mention(of: account)
    let commands = self.commands(in: request.body, to: mention)
    guard !commands.isEmpty else { return .dropped("no command") }
    try step()
    guard try client.permission(of: request.author, in: repository.name) >= .write else {
      return .dropped("\(MarkdownText.oneLine(request.author, limit: 60)) may not write to the repository")
    }
    let pull = try client.pullRequest(request.number, in: repository.name)
    let session = Session(client: client, repository: repository, request: request, pull: pull, mention: mention)
    let answers = try commands.indices.map { index in
      try step()
      return try once(index, session) { try answer(to: commands[index], session) }
    }
    try client.addComment(
      answers.joined(separator: "\n\n"), mark: HiddenMark("reply", key: request.commentID), on: request.number, in: repository.name)
    return .done(MarkdownText.oneLine(answers.joined(separator: " "), limit: 300))
  }

  /// People call the account by its name, or the engine by its own.
  private func commands(in body: String, to mention: String) -> [Result<Forges.Command, CommandProblem>] {
    let rules = Set(RuleRegistry.all.map(\.name))
    let commands = CommandParser(mention: mention, rules: rules).parse(body)
    guard commands.isEmpty, mention != CommandParser.defaultMention else { return commands }
    return CommandParser(rules: rules).parse(body)
  }

  /// The answer of a command that is done, or does it.
  private func once(_ index: Int, _ session: Session, _ body: () throws -> String) throws -> String {
    let key = "command:\(session.repository.id):\(session.request.commentID):\(index)"
    if let done = try store.note(key) { return done }
    let answer = try body()
    return try store.changeNote(key) { $0 ?? answer }
  }

  private func answer(to parsed: Result<Forges.Command, CommandProblem>, _ session: Session) throws -> String {
    let command: Forges.Command
    switch parsed {
    case .success(let good): command = good
    case .failure(let error): return "\(error). \(help(session.mention))"
    }
    guard session.pull.state == .open else { return "This pull request is \(session.pull.state.rawValue): nothing was done." }
    switch command {
    case .recheck: return try recheck(session)
    case .ignore(let target, let until, let reason): return try ignore(target, until: until, reason: reason, session)
    case .undo: return try undo(session)
    case .pause: return try pause(true, session)
    case .resume: return try pause(false, session)
    case .help(let word): return (word.map { "\(MarkdownText.code($0)) is no command. " } ?? "") + help(session.mention)
    }
  }

  private func help(_ mention: String) -> String {
    "Commands: `@\(mention) recheck`, `@\(mention) ignore <finding|rule|file> [until YYYY-MM-DD] [because …]`, `@\(mention) undo`, "
      + "`@\(mention) pause`, `@\(mention) resume`."
  }

  // MARK: Checking again, pausing

  private func recheck(_ session: Session) throws -> String {
    if session.isOwn {
      guard let head = session.pull.base.sha else { return "The base branch has no commit to check." }
      try planner.check(branch: session.pull.base.branch, at: head, of: session.repository)
      return "\(MarkdownText.code(session.pull.base.branch)) is checked again."
    }
    guard let head = session.pull.head.sha else { return "The head branch is gone." }
    try want(head, session)
    return "\(head.short) is checked again."
  }

  /// Has a head of the pull request checked because a person said so.
  private func want(_ head: ObjectID, _ session: Session) throws {
    try store.changeMemory(of: session.number, in: session.repository.id) { $0.wantedHead = head }
    var pull = session.pull
    pull.head.sha = head
    try planner.check(pull, of: session.repository, anew: true)
  }

  private func pause(_ isPaused: Bool, _ session: Session) throws -> String {
    guard !session.isOwn else { return "This is the engine's own pull request: close it, and its repairs are not proposed again." }
    try store.changeMemory(of: session.number, in: session.repository.id) { $0.isPaused = isPaused }
    guard !isPaused else { return "Paused: nothing is committed or commented on this pull request until `@\(session.mention) resume`." }
    if let head = session.pull.head.sha { try want(head, session) }
    return "Resumed; the head is checked again."
  }

  // MARK: Ignoring

  private func ignore(_ target: IgnoreTarget, until: String?, reason: String, _ session: Session) throws -> String {
    if let until, until < clock.now().day { return "\(until) has passed: nothing was ignored." }
    let ignored = IgnoredTarget(target, until: until)
    let shown = "\(ignored.kind.rawValue) \(MarkdownText.code(ignored.value))\(until.map { " until \($0)" } ?? "")"
    if session.isOwn { return try decline(ignored, shown, session) }
    try store.changeMemory(of: session.number, in: session.repository.id) { memory in
      if !memory.ignores.contains(ignored) { memory.ignores = memory.ignores.suffix(99) + [ignored] }
    }
    let entry = entry(ignored, reason: reason, by: session.request.author)
    switch try commit(entry, shown, session) {
    case .committed(let commit):
      try store.changeMemory(of: session.number, in: session.repository.id) { $0.note(commit: commit, isRepair: false) }
      try want(commit, session)
      return "Ignored: \(shown). The entry is in \(commit.short)."
    case .moved: throw ForgeAPIError(.conflict, operation: "\(session.repository.forge.rawValue): commit an entry")
    case .notAllowed(let reason):
      if let head = session.pull.head.sha { try want(head, session) }
      let yaml = (["ignore:"] + RepositoryConfiguration.lines(ofIgnore: entry, indent: "  ")).joined(separator: "\n")
      return "Ignored on this pull request: \(shown). To keep it so, add this to `\(RepositoryConfiguration.fileName)` by hand "
        + "(\(MarkdownText.prose(reason))):\n\n\(MarkdownText.block(yaml, language: "yaml"))"
    }
  }

  private func entry(_ ignored: IgnoredTarget, reason: String, by author: String) -> [(key: String, value: String)] {
    var entry = [(key: ignored.kind.rawValue, value: ignored.value)]
    if let until = ignored.until { entry.append(("until", until)) }
    let text = reason.isEmpty ? "@\(author) asked for it" : "\(reason) (@\(author))"
    entry.append(("reason", MarkdownText.oneLine(text, limit: 400)))
    return entry
  }

  private func commit(_ entry: [(key: String, value: String)], _ shown: String, _ session: Session) throws -> HeadCommitter.Outcome {
    try withHead(session) { workspace, head in
      let tree = try workspace.mirror.repository.tree(at: head)
      let name = RepositoryConfiguration.fileName
      let rules = RuleRegistry.all.map(\.name).sorted()
      let file = tree.entry(at: name)
      guard file.map({ ($0.kind == .file || $0.kind == .executable) && $0.size <= RepositoryConfiguration.sizeLimit }) ?? true else {
        return .notAllowed("the file is too large, or no plain file")
      }
      let bytes = try file.map { try tree.read($0, limit: RepositoryConfiguration.sizeLimit) } ?? []
      // Done before, by a try whose end was not noted.
      if RepositoryConfiguration.holds(ignore: entry, in: bytes, knownRules: rules) { return .committed(head) }
      guard let changed = RepositoryConfiguration.adding(ignore: entry, to: bytes, knownRules: rules) else {
        return .notAllowed("its shape is not one that can be added to safely")
      }
      let message = RepairMessage.text(
        subject: "Ignore \(entry[0].key) \(entry[0].value)", body: "Asked for by \(session.request.author) on #\(session.number).",
        run: try run(session))
      return try committer.commit(
        [CommittedFile(path: name, content: Data(changed))], message: message, onto: head, of: session.pull,
        repository: session.repository, client: session.client)
    }
  }

  /// On our own pull request: what is ignored is not proposed again.
  private func decline(_ ignored: IgnoredTarget, _ shown: String, _ session: Session) throws -> String {
    let offers = try store.offers(repository: session.repository.id, pullRequest: session.number).filter { offer in
      guard offer.state == .open else { return false }
      switch ignored.kind {
      case .rule: return offer.rule == ignored.value
      case .file: return (try? Glob(ignored.value))?.matches(offer.path) ?? false
      // A proposal shows rules and files, not findings.
      case .finding: return false
      }
    }
    guard !offers.isEmpty else { return "Nothing on this pull request is \(shown)." }
    try store.settle(offers, as: .declined, at: clock.now())
    if let head = session.pull.base.sha { try planner.check(branch: session.pull.base.branch, at: head, of: session.repository) }
    return "\(counted(offers.count, "repair")) will not be proposed again. To leave \(shown) alone for good, add it to `ignore` in "
      + "`\(RepositoryConfiguration.fileName)`."
  }

  // MARK: Undoing

  private func undo(_ session: Session) throws -> String {
    guard let commit = try store.memory(of: session.number, in: session.repository.id).repairs.last else {
      return "There is no commit of the engine's on this pull request to undo."
    }
    let outcome = try withHead(session) { workspace, head in
      guard let files = try Self.reverting(commit, at: head, workspace) else {
        return .notAllowed("what \(commit.short) repaired was changed again since")
      }
      // Done before, by a try whose end was not noted.
      guard !files.isEmpty else { return .committed(head) }
      let message = RepairMessage.text(
        subject: "Undo \(commit.short)", body: "Asked for by \(session.request.author) on #\(session.number).", run: try run(session))
      return try committer.commit(
        files, message: message, onto: head, of: session.pull, repository: session.repository, client: session.client)
    }
    switch outcome {
    case .committed(let undone):
      try store.changeMemory(of: session.number, in: session.repository.id) { memory in
        memory.note(commit: undone, isRepair: false)
        memory.repairs.removeAll { $0 == commit }
      }
      let offers = try store.offers(repository: session.repository.id, pullRequest: session.number)
        .filter { $0.road == .commit && $0.state == .open }
      try store.settle(offers, as: .declined, at: clock.now())
      try want(undone, session)
      return "\(commit.short) is undone by \(undone.short); its repairs are not made again here."
    case .moved: throw ForgeAPIError(.conflict, operation: "\(session.repository.forge.rawValue): undo a commit")
    case .notAllowed(let reason): return "\(commit.short) was not undone: \(MarkdownText.prose(reason))."
    }
  }

  /// The files of a repair as they were before it; nil when one was changed since, empty when all are so already.
  private static func reverting(_ commit: ObjectID, at head: ObjectID, _ workspace: RunWorkspace) throws -> [CommittedFile]? {
    let repository = workspace.mirror.repository
    guard try workspace.isAncestor(commit, of: head), let parent = try repository.commit(commit).parents.first else { return nil }
    let (before, after) = (try repository.tree(at: parent), try repository.tree(at: commit))
    let now = try repository.tree(at: head)
    var files: [CommittedFile] = []
    for entry in after.entries {
      guard let old = before.entry(at: entry.path), old.blob != entry.blob else { continue }
      guard let current = now.entry(at: entry.path) else { return nil }
      if current.blob == old.blob { continue }
      guard current.blob == entry.blob else { return nil }
      files.append(CommittedFile(path: entry.path, content: Data(try before.read(old, limit: 16 << 20))))
    }
    return files
  }

  // MARK: Helpers

  /// Calls `body` with the mirror, which has the pull request's head.
  private func withHead(
    _ session: Session, _ body: (RunWorkspace, ObjectID) throws -> HeadCommitter.Outcome
  ) throws -> HeadCommitter.Outcome {
    guard let head = session.pull.head.sha else { return .notAllowed("the head branch is gone") }
    return try workspaces.with(session.repository) { workspace in
      try workspace.fetch(pullRequest: session.number)
      guard try workspace.has(head) else { return .moved }
      return try body(workspace, head)
    }
  }

  /// The run that a commit names: the newest of the pull request.
  private func run(_ session: Session) throws -> RunID {
    let runs = try store.runs(
      repository: session.repository.id, branch: session.pull.base.branch, pullRequest: session.number, limit: 1)
    return runs.first?.id ?? RunID(rawValue: "command-\(session.request.commentID)")
  }
}

extension IgnoredTarget {
  init(_ target: IgnoreTarget, until: String?) {
    self.until = until
    switch target {
    case .finding(let name): (kind, value) = (.finding, name)
    case .rule(let name): (kind, value) = (.rule, name)
    case .file(let path): (kind, value) = (.file, path)
    }
  }
}
