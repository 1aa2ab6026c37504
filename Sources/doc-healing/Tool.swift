// The root command, and how its ends become exit statuses: 0 fine, 1 findings, 2 usage, 78 configuration, 70 internal.

import ArgumentParser
import Assembly
import Settings

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// `doc-healing`.
struct Tool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doc-healing", abstract: "Keeps documentation true to the code.",
    subcommands: [
      CheckCommand.self, HealCommand.self, BacktestCommand.self, RepositoryCommand.self, MigrateCommand.self, RedeliverCommand.self,
      StatusCommand.self,
      DoctorCommand.self,
    ])

  /// Parses, runs, exits.
  static func main() -> Never {
    do {
      var command = try parseAsRoot()
      try command.run()
      Exit.end()
    } catch {
      Exit.end(error)
    }
  }
}

/// An end other than success.
struct Exit: Error {
  var status: Int32
  /// One line for standard error; nil when everything has been said.
  var line: String?

  /// There are findings.
  static let findings = Exit(status: 1, line: nil)

  static func end() -> Never { exit(0) }

  static func end(_ error: any Error) -> Never {
    switch error {
    case let end as Exit:
      if let line = end.line { complain(line) }
      exit(end.status)
    case let error as SettingsError:
      complain(error.description)
      exit(78)
    default:
      let code = Tool.exitCode(for: error)
      if code == .success { Tool.exit(withError: error) }
      if code == .validationFailure {
        complain(Tool.fullMessage(for: error))
        exit(2)
      }
      complain("\(error)")
      exit(70)
    }
  }
}

/// Writes to standard error.
func complain(_ line: String) {
  let text = line.hasPrefix("Error:") || line.hasPrefix("doc-healing:") ? line : "doc-healing: \(line)"
  _ = Array((text + "\n").utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Writes to standard output, all of it or exits (a closed pipe is no one's error).
func say(_ text: String) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR { continue }
      exit(0)
    }
    bytes = bytes.dropFirst(count)
  }
}
