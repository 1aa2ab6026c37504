// Real git repositories for tests, the same on every machine: fixed identity and dates, no configuration of the user's.

import Domain

/// A git repository in a temporary folder. Commits are reproducible: the author, and a clock that moves one minute a commit.
public final class TemporaryRepository {
  public let directory: TemporaryDirectory
  /// The folder that git commands run in.
  public var path: String { directory.path }
  private var commits = 0

  /// Makes an empty repository whose first branch is `branch`.
  public init(bare: Bool = false, branch: String = "main") throws {
    directory = try TemporaryDirectory("repository")
    try git(["init", "--quiet", "--initial-branch=\(branch)"] + (bare ? ["--bare"] : []))
  }

  /// A repository with one commit of these files.
  public convenience init(files: [String: String], branch: String = "main") throws {
    self.init(try TemporaryDirectory("repository"))
    try git(["init", "--quiet", "--initial-branch=\(branch)"])
    try commit(files, message: "First commit")
  }

  private init(_ directory: TemporaryDirectory) { self.directory = directory }

  /// Runs git in the repository; throws with its standard error when it fails. Returns standard output without the last newline.
  @discardableResult
  public func git(_ arguments: [String], input: String? = nil, environment: [String: String?] = [:]) throws -> String {
    let settings = environment.merging(Self.environment(minute: commits)) { given, _ in given }
    let result = try runCommand(["git"] + arguments, directory: path, environment: settings, input: input)
    guard result.status == 0 else { throw GitFailure(description: "git \(arguments.joined(separator: " ")): \(result.errorOutput)") }
    return result.output.last == "\n" ? String(result.output.dropLast()) : result.output
  }

  public struct GitFailure: Error, CustomStringConvertible { public var description: String }

  /// Writes files (nil removes one), stages everything, commits. Returns the new commit.
  @discardableResult
  public func commit(_ changes: [String: String?], message: String) throws -> ObjectID {
    for (name, contents) in changes {
      if let contents { try directory.write(name, contents) } else { removeTree(directory(name)) }
    }
    try git(["add", "--all"])
    commits += 1
    try git(["commit", "--quiet", "--allow-empty", "--no-verify", "--message", message])
    return try head()
  }

  /// The commit that a revision names.
  public func head(_ revision: String = "HEAD") throws -> ObjectID {
    let text = try git(["rev-parse", "--verify", revision + "^{commit}"])
    guard let id = ObjectID(text) else { throw GitFailure(description: "git rev-parse gave \(text)") }
    return id
  }

  /// A file's text at a revision.
  public func show(_ file: String, at revision: String = "HEAD") throws -> String { try git(["show", "\(revision):\(file)"]) + "\n" }

  private static func environment(minute: Int) -> [String: String?] {
    let date = "\(1_750_000_000 + minute * 60) +0000"
    return [
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "HOME": "/nonexistent",
      "GIT_AUTHOR_NAME": "Ada Example", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": date,
      "GIT_COMMITTER_NAME": "Ada Example", "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_COMMITTER_DATE": date,
      "GIT_DIR": nil as String?, "GIT_WORK_TREE": nil as String?, "GIT_INDEX_FILE": nil as String?,
    ]
  }
}
