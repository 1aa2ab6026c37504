// `doc-healing backtest`: what the engine would have done for a repository's own history (docs/backtest.md).

import ArgumentParser
import Assembly
import Pipeline
import Threading
import Workspace

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension BacktestFormat: ExpressibleByArgument {}

struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Replay the history of a repository: what would have been repaired, and what its maintainers did.",
    discussion: "Reads the repository's objects, writes nothing into it and runs nothing of it.")
  @Argument(help: "A folder in a git repository, or a bare repository.") var path = "."
  @Option(help: "Only commits from this date on, as git log --since takes it: 2024-05-01, \"2 years ago\".") var since: String?
  @Option(help: "How the report is written.") var format: BacktestFormat = .text
  @Option(help: "Write the report into this file.") var output: String?

  func run() throws {
    let backtest = try LocalBacktest(path: path)
    defer { backtest.close() }
    try Signals.onTermination(backtest.cancel)
    var reached = (done: 0, all: 0)
    let report: BacktestReport
    do {
      report = try backtest.run(since: since) { done, all, proposals in
        reached = (done, all)
        if done % 20 == 0 || done == all { Progress.bar("\(done) of \(all) commits, \(proposals) proposals") }
      }
    } catch {
      Progress.bar("")
      if backtest.isCancelled {
        throw Exit(status: 130, line: "interrupted after \(reached.done) of \(reached.all) commits: nothing was written")
      }
      throw Self.exit(for: error)
    }
    Progress.bar("")
    try save(try report.rendered(as: format, version: Version.current))
  }

  /// A date that is none is a mistake in the call.
  private static func exit(for error: any Error) -> any Error {
    if let error = error as? WorkspaceError, error.code == .invalidReference { return Exit(status: 2, line: error.description) }
    if let error = error as? BacktestError { return Exit(status: 1, line: error.description) }
    return error
  }

  private func save(_ text: String) throws {
    guard let output else { return say(text) }
    let number = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard number >= 0 else { throw Exit(status: 2, line: "cannot write \(output): \(String(cString: strerror(errno)))") }
    defer { close(number) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Exit(status: 70, line: "cannot write \(output): \(String(cString: strerror(errno)))") }
      bytes = bytes.dropFirst(count)
    }
  }
}
