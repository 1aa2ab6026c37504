// The git side of a fake forge's repository: a bare repository on disk, asked with git itself.

import Domain

/// A bare repository.
public struct FakeGit: Sendable {
  public let directory: TemporaryDirectory
  public var path: String { directory.path }

  init() throws {
    directory = try TemporaryDirectory("forge")
    try run(["init", "--quiet", "--bare", "--initial-branch=main"])
    try run(["config", "http.receivepack", "true"])
  }

  /// A copy with the same branches.
  func copy() throws -> FakeGit {
    let copy = try FakeGit()
    try copy.run(["fetch", "--quiet", path, "refs/heads/*:refs/heads/*"])
    return copy
  }

  /// Runs git; throws with its standard error.
  @discardableResult
  public func run(_ arguments: [String], input: String? = nil, environment: [String: String?] = [:]) throws -> String {
    let settings: [String: String?] = [
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent", "GIT_DIR": nil, "GIT_WORK_TREE": nil,
    ]
    let result = try runCommand(["git"] + arguments, directory: path, environment: settings.merging(environment) { $1 }, input: input)
    guard result.status == 0 else {
      throw TemporaryRepository.GitFailure(description: "git \(arguments.joined(separator: " ")): \(result.errorOutput)")
    }
    return result.output.last == "\n" ? String(result.output.dropLast()) : result.output
  }

  /// The commit that a revision names; nil when there is none.
  public func commit(_ revision: String) -> ObjectID? {
    (try? run(["rev-parse", "--verify", "--quiet", revision + "^{commit}"])).flatMap { ObjectID($0) }
  }

  public func tip(of branch: String) -> ObjectID? { commit("refs/heads/" + branch) }

  /// The text of a file.
  public func file(_ name: String, at revision: String) -> String? { try? run(["show", "\(revision):\(name)"]) + "\n" }

  public func message(of revision: String) -> String { (try? run(["log", "-1", "--format=%B", revision])) ?? "" }

  public func parents(of revision: String) -> [String] {
    ((try? run(["log", "-1", "--format=%P", revision])) ?? "").split(separator: " ").map(String.init)
  }

  /// Commits changes (nil removes a file) on a branch, made from `start` where it is new.
  @discardableResult
  public func commit(
    _ changes: [String: String?], to branch: String, from start: String? = nil, message: String, author: String = "Ada Example", time: Int64
  ) throws -> ObjectID {
    let parent = tip(of: branch) ?? start.flatMap { commit($0) }
    let scratch = try TemporaryDirectory("index")
    let index = ["GIT_INDEX_FILE": scratch("index")] as [String: String?]
    if let parent { try run(["read-tree", parent.hex], environment: index) }
    for (name, text) in changes.sorted(by: { $0.key < $1.key }) {
      guard let text else {
        try run(["update-index", "--index-info"], input: "0 \(String(repeating: "0", count: 40))\t\(name)\n", environment: index)
        continue
      }
      let blob = try run(["hash-object", "-w", "--stdin"], input: text)
      try run(["update-index", "--add", "--cacheinfo", "100644,\(blob),\(name)"], environment: index)
    }
    let tree = try run(["write-tree"], environment: index)
    let date = "\(time) +0000"
    let identity: [String: String?] = [
      "GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": "somebody@example.org", "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_NAME": author,
      "GIT_COMMITTER_EMAIL": "somebody@example.org", "GIT_COMMITTER_DATE": date,
    ]
    let parents = parent.map { ["-p", $0.hex] } ?? []
    let text = try run(["commit-tree", tree] + parents, input: message, environment: identity)
    guard let id = ObjectID(text) else { throw TemporaryRepository.GitFailure(description: "git commit-tree gave \(text)") }
    try run(["update-ref", "refs/heads/" + branch, id.hex] + (tip(of: branch).map { [$0.hex] } ?? []))
    return id
  }

  /// The diff of a pull request, from where the branches parted.
  func diff(base: ObjectID, head: ObjectID) -> String {
    (try? run(["diff", "--no-color", "--no-ext-diff", "-M", "--full-index", "\(base.hex)...\(head.hex)"])).map { $0 + "\n" } ?? ""
  }
}
