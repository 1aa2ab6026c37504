// A forge for tests: a real HTTP server that keeps repositories, pull requests, comments and checks, and is as strict as a forge's
// reference, in the dialect of GitHub, GitLab or Gitea. Its repositories are served over git's smart HTTP. It tells hooks what
// happens, signed as the forge does. It can be told to fail, stall, limit, and lose answers, and keeps a journal of what it was asked.
//
//     let forge = try FakeForge(.github)
//     try forge.addRepository("octo/hello", files: ["README.md": "Hello\n"])
//     let token = forge.addToken(for: "helper", permissions: ["octo/hello": .write])

import Domain
import Forges
import Threading

/// A fake forge; ends when nobody holds it any more.
public final class FakeForge: Sendable {
  public let forge: Forge
  let core: FakeForgeCore
  private let server: HTTPServer
  private let hooks: OwnedThread

  /// - Parameter clock: what the forge takes for now; times that clients see come from it.
  public init(_ forge: Forge, clock: any WallClock = SystemClock()) throws {
    self.forge = forge
    let dialect: any FakeDialect =
      switch forge {
      case .gitlab: FakeGitLab()
      case .gitea: FakeGitea()
      default: FakeGitHub()
      }
    let core = FakeForgeCore(dialect: dialect, clock: clock)
    self.core = core
    server = try HTTPServer { request in core.answer(request) }
    let url = server.url
    core.origin.update { $0 = url }
    hooks = try OwnedThread(name: "fake-hooks") { core.deliverForEver() }
  }

  deinit {
    core.isStopped.update { $0 = true }
    core.state.update { _ in }
    hooks.join()
    server.stop()
  }

  /// `http://127.0.0.1:PORT`: what `GITLAB_URL` and `GITEA_URL` would be.
  public var url: String { server.url }
  /// What `GITHUB_API_URL` would be.
  public var apiAddress: String { server.url + core.dialect.prefix }
  /// Where git fetches a repository from, without a credential.
  public func cloneURL(_ repository: String) -> String { "\(url)/\(repository).git" }

  // MARK: What there is

  /// A repository with one commit of these files on its default branch.
  public func addRepository(_ name: String, files: [String: String], branch: String = "main") throws {
    let git = try FakeGit()
    try git.run(["symbolic-ref", "HEAD", "refs/heads/" + branch])
    try git.commit(files, to: branch, message: "First commit\n", time: seconds)
    core.state.update { state in
      var repository = FakeRepository(id: state.newID(), name: name, git: git)
      repository.defaultBranch = branch
      state.repositories.append(repository)
    }
  }

  /// A copy of a repository under another name.
  public func addFork(of name: String, as fork: String) throws {
    let parent = repository(name)
    let git = try parent.git.copy()
    core.state.update { state in
      var repository = FakeRepository(id: state.newID(), name: fork, git: git)
      repository.parent = parent.id
      repository.defaultBranch = parent.defaultBranch
      state.repositories.append(repository)
    }
  }

  /// Lets an account do something to a repository.
  public func permit(_ account: String, _ permission: ForgePermission, in repository: String) {
    change(repository) { $0.permissions[account] = permission }
    core.state.update { _ = $0.account(account) }
  }

  /// A token of an account, with what the account may do.
  public func addToken(for account: String, permissions: [String: ForgePermission] = [:]) -> Secret {
    for (name, permission) in permissions { permit(account, permission, in: name) }
    return core.state.update { state in
      _ = state.account(account)
      let text = "token-\(account)-\(state.newID())"
      state.tokens[text] = FakeToken(account: account)
      return Secret(text)
    }
  }

  /// An App, and its installation on repositories.
  public func addApp(id: String, slug: String, publicKey: String, on repositories: Set<String>) {
    core.state.update { state in
      _ = state.account(slug + "[bot]")
      var app = FakeApp(id: id, slug: slug, publicKey: publicKey)
      app.installations[state.newID()] = Set(repositories.map { $0.lowercased() })
      state.app = app
    }
  }

  /// Ends the life of a token; all of an App's when none is named.
  public func revoke(_ token: Secret? = nil) {
    core.state.update { state in
      if let token { state.tokens[token.reveal()] = nil } else { state.tokens = state.tokens.filter { $0.value.installation == nil } }
    }
  }

  public func rename(_ repository: String, to name: String) {
    change(repository) { entry in
      entry.formerNames.insert(entry.name.lowercased())
      entry.name = name
    }
  }

  /// Changes anything of a repository.
  public func change(_ name: String, _ body: (inout FakeRepository) -> Void) {
    core.state.update { state in
      guard let index = state.index(of: name) else { fatalError("no repository \(name)") }
      body(&state.repositories[index])
    }
  }

  /// Commits on a branch, as a push would, and tells the hooks.
  @discardableResult
  public func commit(
    _ changes: [String: String?], to branch: String, from start: String? = nil, message: String = "Change\n", in repository: String,
    by author: String = "ada"
  ) throws -> ObjectID {
    let entry = self.repository(repository)
    let before = entry.git.tip(of: branch)?.hex ?? String(repeating: "0", count: 40)
    let id = try entry.git.commit(changes, to: branch, from: start, message: message, author: author, time: seconds)
    core.state.update { state in
      state.moved("refs/heads/" + branch, of: entry.id, from: before, to: id.hex, by: author)
      core.tell(&state)
    }
    return id
  }

  /// A pull request from a branch of the repository, or of a fork.
  @discardableResult
  public func addPull(
    from branch: String, of fork: String? = nil, to base: String = "main", title: String = "A change", body: String = "",
    author: String = "ada", labels: [String] = [], isDraft: Bool = false, maintainersMayPush: Bool = false, in repository: String
  ) -> Int {
    let head = self.repository(fork ?? repository).id
    return core.state.update { state in
      guard let index = state.index(of: repository) else { fatalError("no repository \(repository)") }
      _ = state.account(author)
      state.repositories[index].lastNumber += 1
      let number = state.repositories[index].lastNumber
      state.repositories[index].pulls.append(
        FakePull(
          number: number, title: title, body: body, author: author, state: .open, isDraft: isDraft, labels: labels, headRepository: head,
          headBranch: branch, baseBranch: base, maintainersMayPush: maintainersMayPush))
      core.tell(&state, .pull(repository: state.repositories[index].id, number: number, action: "opened", by: author))
      return number
    }
  }

  /// A person closes a pull request, as merged where said so (the branches stay as they are); the hooks are told.
  public func closePull(_ number: Int, isMerged: Bool = false, by author: String = "ada", in repository: String) {
    core.state.update { state in
      guard let index = state.index(of: repository), let pull = state.repositories[index].pulls.firstIndex(where: { $0.number == number })
      else { fatalError("no pull request \(number) in \(repository)") }
      state.repositories[index].pulls[pull].state = isMerged ? .merged : .closed
      core.tell(&state, .pull(repository: state.repositories[index].id, number: number, action: "closed", by: author))
    }
  }

  /// A comment of a person; the hooks are told.
  @discardableResult
  public func addComment(_ body: String, by author: String, on number: Int, in repository: String) -> FakeComment {
    core.state.update { state in
      guard let index = state.index(of: repository), let pull = state.repositories[index].pulls.firstIndex(where: { $0.number == number })
      else { fatalError("no pull request \(number) in \(repository)") }
      _ = state.account(author)
      let now = core.clock.now().wholeSeconds
      let comment = FakeComment(id: state.newID(), author: author, body: body, createdAt: now, updatedAt: now)
      state.repositories[index].pulls[pull].comments.append(comment)
      core.tell(&state, .comment(repository: state.repositories[index].id, number: number, comment: comment))
      return comment
    }
  }

  /// Sends every event of a repository to `http://127.0.0.1:PORT/PATH` from now on; an App's hook where `isApp`.
  public func addHook(port: UInt16, path: String, secret: Secret, in repository: String, isApp: Bool = false) {
    core.state.update { state in
      let hook = FakeHook(id: state.newID(), port: port, path: path, secret: secret)
      if isApp { state.app?.hook = hook } else if let index = state.index(of: repository) { state.repositories[index].hooks.append(hook) }
    }
  }

  // MARK: How it behaves

  public func fail(_ fault: FakeFault) { core.state.update { $0.faults.append(fault) } }
  public func forgetFaults() { core.state.update { $0.faults = [] } }

  /// The part of answers that is lost after the effect happened, 0 to 1; the same ones for the same seed.
  public func loseAnswers(_ rate: Double, seed: UInt64) {
    core.state.update { state in
      state.lossRate = rate
      state.random = SeededRandomness(seed: seed)
    }
  }

  /// Every answer comes this much later.
  public func setLatency(_ latency: Duration) { core.state.update { $0.latency = latency } }

  /// Lists have pages of at most so many items, whatever is asked for.
  public func setPageSize(_ size: Int) { core.state.update { $0.maximumPageSize = size } }

  // MARK: What happened

  public var journal: [FakeExchange] { core.state.withLock { $0.journal } }
  public func forgetJournal() { core.state.update { $0.journal = [] } }
  /// Every request that the forge's reference does not allow, in words.
  public var violations: [String] { core.state.withLock { $0.violations } }

  public func repository(_ name: String) -> FakeRepository {
    core.state.withLock { state in
      guard let index = state.index(of: name) else { fatalError("no repository \(name)") }
      return state.repositories[index]
    }
  }

  public func pull(_ number: Int, in repository: String) -> FakePull {
    guard let pull = self.repository(repository).pulls.first(where: { $0.number == number }) else {
      fatalError("no pull request \(number)")
    }
    return pull
  }

  /// Attempts of deliveries to a repository's hooks and the App's.
  public func deliveries(of repository: String) -> [FakeDelivery] {
    core.state.withLock { state in
      let own = state.index(of: repository).map { state.repositories[$0].hooks } ?? []
      return (own + [state.app?.hook].compactMap { $0 }).flatMap(\.deliveries)
    }
  }

  private var seconds: Int64 { core.clock.now().milliseconds / 1000 }
}

extension Timestamp {
  /// As forges tell times.
  var wholeSeconds: Timestamp { Timestamp(milliseconds: milliseconds / 1000 * 1000) }
  var seconds: JSON { .string(rfc3339.prefix(19) + "Z") }
}

extension FakeForge {
  /// Adds a repository to every installation of the App: installations are by repository, not by name.
  public func addInstallationName(_ repository: String) {
    core.state.update { state in
      for id in state.app.map({ Array($0.installations.keys) }) ?? [] { state.app?.installations[id]?.insert(repository.lowercased()) }
    }
  }
}
