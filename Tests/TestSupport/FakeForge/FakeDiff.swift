// A pull request's diff as its forge sees it, read from git's output. It shares no code with the clients' reader: only the headers of
// hunks are looked at, which nothing in a line can imitate, since every line of a diff begins with a sign.

import Domain

/// One file of a diff.
struct FakeDiffFile: Sendable {
  var path = ""
  var oldPath = ""
  /// `added`, `removed`, `modified`, `renamed`.
  var status = "modified"
  /// From the first hunk's header on; empty for binary files and pure renames.
  var patch = ""
  /// Lines of the new file that each hunk shows.
  var hunks: [Range<Int>] = []
  /// Lines of the new file that the change added.
  var added: Set<Int> = []

  static func files(of diff: String) -> [FakeDiffFile] {
    ("\n" + diff).split(separator: "\ndiff --git ").map { FakeDiffFile(String($0)) }.filter { !$0.path.isEmpty }
  }

  private init(_ text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = lines.first, !line.hasPrefix("@@ -") {
      read(header: String(line))
      lines = lines.dropFirst()
    }
    if path.isEmpty { path = oldPath }
    if oldPath.isEmpty { oldPath = path }
    while lines.last?.isEmpty == true { lines = lines.dropLast() }
    patch = lines.joined(separator: "\n")
    readHunks(lines)
  }

  private mutating func read(header line: String) {
    if line.hasPrefix("new file") { status = "added" }
    if line.hasPrefix("deleted file") { status = "removed" }
    if line.hasPrefix("rename from ") { (status, oldPath) = ("renamed", String(line.dropFirst(12))) }
    if line.hasPrefix("rename to ") { path = String(line.dropFirst(10)) }
    if line.hasPrefix("--- a/") { oldPath = name(line) }
    if line.hasPrefix("+++ b/") { path = name(line) }
  }

  private func name(_ line: String) -> String { String(line.dropFirst(6).prefix { $0 != "\t" }) }

  private mutating func readHunks(_ lines: ArraySlice<Substring>) {
    var next = 0
    for line in lines {
      if line.hasPrefix("@@ -") {
        let numbers = line.split(separator: " ")[2].dropFirst().split(separator: ",").map { Int($0) ?? 0 }
        next = numbers[0]
        hunks.append(next..<next + (numbers.count > 1 ? numbers[1] : 1))
      } else if line.hasPrefix("+") {
        added.insert(next)
        next += 1
      } else if line.hasPrefix(" ") || line.isEmpty {
        next += 1
      }
    }
  }
}

extension FakeState {
  /// Both tips of a pull request; the head's objects are in the base repository afterwards, as with every forge.
  func tips(of pull: FakePull, in index: Int) -> (base: ObjectID?, head: ObjectID?) {
    let git = repositories[index].git
    let base = git.tip(of: pull.baseBranch)
    guard let fork = repositories.first(where: { $0.id == pull.headRepository }) else {
      return (base, git.commit("refs/pull/\(pull.number)/head"))
    }
    guard let head = fork.git.tip(of: pull.headBranch) else { return (base, git.commit("refs/pull/\(pull.number)/head")) }
    if git.commit("refs/pull/\(pull.number)/head") != head {
      _ = try? git.run(["fetch", "--quiet", "--force", fork.git.path, "refs/heads/\(pull.headBranch):refs/pull/\(pull.number)/head"])
      // GitLab's name of the same.
      _ = try? git.run(["update-ref", "refs/merge-requests/\(pull.number)/head", head.hex])
    }
    return (base, head)
  }

  func mergeBase(_ pull: FakePull, in index: Int) -> String? {
    guard case (let base?, let head?) = tips(of: pull, in: index) else { return nil }
    return try? repositories[index].git.run(["merge-base", base.hex, head.hex])
  }

  func diff(of pull: FakePull, in index: Int) -> String {
    guard case (let base?, let head?) = tips(of: pull, in: index) else { return "" }
    return repositories[index].git.diff(base: base, head: head)
  }

  /// Where a pull request is in its repository.
  func pull(_ number: Int, in index: Int) throws -> Int {
    guard let place = repositories[index].pulls.firstIndex(where: { $0.number == number }) else { throw FakeProblem.notFound }
    return place
  }

  func name(of id: Int?) -> String? { repositories.first { $0.id == id && !$0.isDeleted }?.name }
}
