import Domain
import Glibc
import TestSupport
import Testing
import Validation
import Workspace

@testable import Pipeline

/// Histories of real git repositories, replayed.
@Suite struct BacktestTests {
  static let code = """
    def parse_config(path):
        with open(path) as file:
            return dict(line.split("=", 1) for line in file)


    def main():
        print(parse_config("app.conf"))

    """
  static let page = "# Settings\n\nCall `parse_config(path)` to read the settings.\n\nNothing else is needed for it.\n"

  static func backtest(_ repository: TemporaryRepository, judgesAllPages: Bool = false, since: String? = nil) throws -> BacktestReport {
    let opened = try GitRepository.containing(repository.path, git: Git())
    defer { opened.close() }
    var backtest = Backtest(repository: opened, engine: Engine(validator: Validator()))
    backtest.judgesAllPages = judgesAllPages
    return try backtest.run(name: "example", since: since)
  }

  /// Code and page, then the rename, then whatever `later` does to the page.
  static func renamed(later pages: [String?]) throws -> BacktestReport {
    let repository = try TemporaryRepository(files: ["settings.py": code, "docs/guide.md": page])
    try repository.commit(["settings.py": code.replacing("parse_config", with: "load_settings")], message: "Rename")
    for page in pages { try repository.commit(["docs/guide.md": page], message: "Docs") }
    return try backtest(repository)
  }

  @Test func whatTheMaintainersDidLaterIsMade() throws {
    let report = try Self.renamed(later: [Self.page + "More.\n", Self.page.replacing("parse_config", with: "load_settings")])
    let proposal = try #require(report.proposals.first)
    #expect(report.proposals.count == 1 && report.commits == 4)
    #expect(proposal.path == "docs/guide.md" && proposal.line == 3 && proposal.strategies == ["renamed-symbol"])
    #expect(proposal.after == "Call `load_settings(path)` to read the settings.")
    #expect(proposal.commit.subject == "Rename" && proposal.outcome.commit?.id == report.head.id)
    #expect(proposal.outcome.kind == .made && proposal.outcome.line == 3 && !proposal.isStanding)
    #expect(report.medianDaysSaved == 0)
  }

  @Test func aRewrittenLineWithTheSameReplacementIsMadeInRewrite() throws {
    let line = "Call `load_settings(path)` once to read all the settings."
    let report = try Self.renamed(later: [Self.page.replacing("Call `parse_config(path)` to read the settings.", with: line)])
    #expect(report.proposals.map(\.outcome.kind) == [.madeInRewrite])
    #expect(report.proposals.first?.outcome.text == line)
  }

  @Test func anotherReplacementIsMadeOtherwise() throws {
    let line = "Call `read_file(path)` to read the settings."
    let report = try Self.renamed(later: [Self.page.replacing("Call `parse_config(path)` to read the settings.", with: line)])
    #expect(report.proposals.map(\.outcome.kind) == [.madeOtherwise])
    #expect(report.proposals.first?.outcome.text == line)
  }

  @Test(arguments: [nil, "# Settings\n\nNothing else is needed for it.\n"]) func deletedLinesAreGone(_ page: String?) throws {
    #expect(try Self.renamed(later: [page]).proposals.map(\.outcome.kind) == [.gone])
  }

  @Test func aStaleWordInAChangedLineStillStands() throws {
    let line = "First call `parse_config(path)` to read the settings."
    let report = try Self.renamed(later: ["Intro.\n\n" + Self.page.replacing("Call `parse_config(path)` to read the settings.", with: line)]
    )
    let proposal = try #require(report.proposals.first)
    #expect(report.proposals.count == 1 && proposal.outcome.kind == .neverMade && proposal.outcome.line == 5)
    #expect(report.neverMade == [proposal])
  }

  @Test func aMovedPageIsFollowed() throws {
    let repository = try TemporaryRepository(files: ["settings.py": Self.code, "docs/guide.md": Self.page])
    try repository.commit(["settings.py": Self.code.replacing("parse_config", with: "load_settings")], message: "Rename")
    try repository.commit(["docs/guide.md": nil, "manual/settings.md": Self.page], message: "Move")
    try repository.commit(["manual/settings.md": Self.page.replacing("parse_config", with: "load_settings")], message: "Fix")
    let report = try Self.backtest(repository)
    #expect(report.proposals.map(\.outcome.kind) == [.made])
    #expect(report.proposals.first?.outcome.path == "manual/settings.md" && report.proposals.first?.path == "docs/guide.md")
  }

  @Test func whatWasWrongBeforeIsStanding() throws {
    let repository = try TemporaryRepository(files: [
      "README.md": "See [the guide](docs/giude.md).\n\n# Read\n", "docs/guide.md": "# Guide\n",
    ])
    try repository.commit(["a.py": "x = 1\n"], message: "Code")
    try repository.commit(["README.md": "See [the guide](docs/Guide.md).\n"], message: "Case")
    try repository.commit(["a.py": "x = 2\n"], message: "Code")
    let all = try Self.backtest(repository)
    #expect(all.proposals.allSatisfy { !$0.isStanding })
    let opened = try GitRepository.containing(repository.path, git: Git())
    defer { opened.close() }
    #expect(try opened.history(of: opened.resolve("HEAD"), since: Timestamp(milliseconds: 1_750_000_150_000)).count == 2)
  }

  @Test func mergesCountAsOneChange() throws {
    let repository = try TemporaryRepository(files: ["settings.py": Self.code, "docs/guide.md": Self.page])
    try repository.git(["checkout", "--quiet", "-b", "side"])
    try repository.commit(["settings.py": Self.code.replacing("parse_config", with: "load_settings")], message: "Rename")
    try repository.commit(["docs/guide.md": Self.page.replacing("parse_config", with: "load_settings")], message: "Docs")
    try repository.git(["checkout", "--quiet", "main"])
    try repository.commit(["notes.txt": "x\n"], message: "Other")
    try repository.git(["merge", "--quiet", "--no-ff", "-m", "Merge", "side"])
    let report = try Self.backtest(repository)
    #expect(report.commits == 3 && report.merges == 1 && report.proposals.isEmpty)
  }

  @Test func aBareOrShallowRepositoryIsReplayed() throws {
    let repository = try TemporaryRepository(files: ["settings.py": Self.code, "docs/guide.md": Self.page])
    try repository.commit(["settings.py": Self.code.replacing("parse_config", with: "load_settings")], message: "Rename")
    try repository.commit(["x.txt": "x\n"], message: "Other")
    let clone = try TemporaryDirectory("clone")
    try repository.git(["clone", "--quiet", "--bare", "--depth", "2", "file://" + repository.path, clone.path + "/bare.git"])
    let opened = try GitRepository.containing(clone.path + "/bare.git", git: Git())
    defer { opened.close() }
    let report = try Backtest(repository: opened, engine: Engine(validator: Validator())).run(name: "bare")
    #expect(report.isShallow && report.commits == 2 && report.proposals.isEmpty && report.documents == 1)
  }

  @Test func nothingToReplayIsSaid() throws {
    let empty = try TemporaryRepository()
    #expect(throws: BacktestError.noCommit) { try Self.backtest(empty) }
    let repository = try TemporaryRepository(files: ["README.md": "x\n"])
    #expect(throws: BacktestError.noCommitSince("2030-01-01")) { try Self.backtest(repository, since: "2030-01-01") }
    #expect(try Self.backtest(repository, since: "2001-01-01").commits == 1)
    for text in ["gibberish", "--output=x", "2024-13-01", "", "2024-05-01; rm", "0"] {
      #expect(throws: WorkspaceError.self, "\(text)") { try Self.backtest(repository, since: text) }
    }
  }

  /// The whole point of passing pages over: nothing is lost by it.
  @Test func passingOverPagesLosesNothing() throws {
    var proposals = 0
    forAll(cases: 12) { random in
      let repository = try RandomHistory.make(commits: 12, &random)
      let fast = try Self.backtest(repository)
      let slow = try Self.backtest(repository, judgesAllPages: true)
      var (left, right) = (fast, slow)
      // How often the same was proposed again is no matter.
      left.judged = 0
      right.judged = 0
      for index in left.proposals.indices { left.proposals[index].repeats = 0 }
      for index in right.proposals.indices { right.proposals[index].repeats = 0 }
      let difference = zip(left.proposals, right.proposals).first { $0 != $1 }
      #expect(difference == nil && left.proposals.count == right.proposals.count, random.comment)
      proposals += fast.proposals.count
    }
    // Otherwise nothing was compared.
    #expect(proposals > 30)
  }
}

/// Histories in which code, pages and paths change in ways that concern documentation, or do not.
enum RandomHistory {
  private struct State {
    var names = ["parse_config", "load_rows", "Client", "fetch_user", "RetryPolicy", "open_store", "max_size", "send_batch"]
    var number = 0
    var files: [String: String] = [:]
    var version = 1
    var timeout = 30
    var folder = "src"
    var guides = ["docs/guide.md", "docs/install.md", "docs/api/index.md", "README.md"]
  }

  static func make(commits: Int, _ random: inout SeededGenerator) throws -> TemporaryRepository {
    var state = State()
    state.files = code(state)
    for guide in state.guides { state.files[guide] = page(guide, state, &random) }
    let repository = try TemporaryRepository(files: state.files)
    for number in 0..<commits {
      let before = state.files
      for _ in 0..<random.int(in: 1...2) { step(&state, &random) }
      var change: [String: String?] = [:]
      for path in Set(before.keys).union(state.files.keys) where before[path] != state.files[path] {
        change[path] = .some(state.files[path])
      }
      try repository.commit(change, message: "Change \(number)")
    }
    return repository
  }

  private static func step(_ state: inout State, _ random: inout SeededGenerator) {
    state.number += 1
    switch random.int(in: 0...9) {
    case 0, 1, 2:
      let index = random.int(in: 0...state.names.count - 1)
      state.names[index] = ["renew", "build", "make"][state.number % 3] + "_thing_\(state.number)"
      rewrite(&state)
    case 3:
      state.timeout += 5
      rewrite(&state)
    case 4:
      state.version += 1
      rewrite(&state)
    case 5:
      state.files = state.files.filter { !$0.key.hasPrefix(state.folder + "/") }
      state.folder = "lib\(state.number)"
      rewrite(&state)
    case 6:
      let guide = random.pick(state.guides.filter { $0 != "README.md" })
      let moved = "docs/part\(state.number)/" + (guide.split(separator: "/").last ?? "x.md")
      state.files[moved] = state.files.removeValue(forKey: guide)
      state.guides = state.guides.map { $0 == guide ? moved : $0 }
    case 7:
      let guide = random.pick(state.guides)
      state.files[guide] = state.files[guide]?.replacing("## Usage", with: "## Usage of \(state.number)")
    case 8:
      let guide = random.pick(state.guides)
      state.files[guide] = page(guide, state, &random)
    default: state.files["notes/\(state.number).txt"] = "Nothing of interest, \(state.number).\n"
    }
  }

  private static func rewrite(_ state: inout State) {
    for (path, text) in code(state) { state.files[path] = text }
  }

  private static func code(_ state: State) -> [String: String] {
    let names = state.names
    let main = """
      DEFAULT_TIMEOUT_SECONDS = \(state.timeout)


      def \(names[0])(path, \(names[6])=10):
          \"\"\"Reads the settings of the whole program from a file.\"\"\"
          return open(path).read()


      class \(names[2]):
          def \(names[3])(self, name):
              return \(names[0])(name)

          def \(names[7])(self, rows):
              for row in rows:
                  print(row)


      def \(names[1])(store):
          return \(names[5])(store).rows
      """
    let other = """
      import argparse


      def \(names[5])(path):
          return path


      class \(names[4]):
          pass


      def main():
          parser = argparse.ArgumentParser()
          parser.add_argument("--\(names[6].replacing("_", with: "-"))", default=10)
          parser.parse_args()
          \(names[5])("data.db")
          \(names[4])()
      """
    return [
      "\(state.folder)/main.py": main + "\n", "\(state.folder)/store.py": other + "\n",
      "pyproject.toml": "[project]\nname = \"example-tool\"\nversion = \"1.\(state.version).0\"\n",
    ]
  }

  private static func page(_ path: String, _ state: State, _ random: inout SeededGenerator) -> String {
    let names = state.names
    let up = String(repeating: "../", count: path.split(separator: "/").count - 1)
    let parts = (0..<random.int(in: 2...6)).map { _ in
      let name = random.pick(names)
      let guide = random.pick(state.guides)
      return random.pick([
        "Call `\(name)` first.", "See [the other page](\(up)\(guide)).", "See [usage](\(up)\(guide)#usage).",
        "```python\nrows = \(name)(\"a.db\", \(names[6])=3)\n```",
        "The default of `DEFAULT_TIMEOUT_SECONDS` is \(state.timeout) (default: \(state.timeout)).",
        "```sh\ntool --\(names[6].replacing("_", with: "-")) 3\n```", "Install it: `pip install example-tool==1.\(state.version).0`",
        "Look into `\(state.folder)/store.py` for more.", "Use `\(names[2]).\(names[3])(name)` of the client.",
      ])
    }
    return "# Page\n\nText.\n\n## Usage\n\n" + parts.joined(separator: "\n\n") + "\n"
  }
}

/// The same comparison on a repository of one's own: `DOC_HEALING_BACKTEST=PATH[@DATE] swift test --filter OwnHistoryTests`. Slow.
@Suite struct OwnHistoryTests {
  static let place = getenv("DOC_HEALING_BACKTEST").map { String(cString: $0) }

  @Test(.enabled(if: place != nil)) func passingOverPagesLosesNothing() throws {
    let parts = (Self.place ?? "").split(separator: "@", maxSplits: 1).map(String.init)
    let opened = try GitRepository.containing(parts[0], git: Git())
    defer { opened.close() }
    var backtest = Backtest(repository: opened, engine: Engine(validator: Validator(threads: 2), threads: 2))
    let fast = try backtest.run(name: "own", since: parts.count > 1 ? parts[1] : nil)
    backtest.judgesAllPages = true
    let slow = try backtest.run(name: "own", since: parts.count > 1 ? parts[1] : nil)
    func key(_ proposal: Proposal) -> String {
      "\(proposal.commit.id.short) \(proposal.path):\(proposal.line) \(proposal.strategy) \(proposal.after)"
    }
    let (left, right) = (Set(fast.proposals.map(key)), Set(slow.proposals.map(key)))
    print("\(fast.commits) commits, judged \(fast.judged) and \(slow.judged), proposals \(left.count) and \(right.count)")
    #expect(left.subtracting(right).isEmpty && right.subtracting(left).isEmpty)
  }
}
