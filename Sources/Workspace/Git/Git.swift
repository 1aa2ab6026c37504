// How every git command is run. Nothing that a repository contains or configures may execute anything or read anything
// outside of it, so each command gets a closed environment and overrides for every setting through which git starts
// programs. docs/threat-model.md lists the roads and what closes each.
//
// When you add a command: only `ObjectID`s, validated names, and paths after `--` or on standard input reach it.

import Domain
import Glibc

/// The git program and the way it is run. A value: cheap to copy.
public struct Git: Sendable {
  /// An absolute path.
  public let executable: String
  /// The folders in which git finds ssh; nothing else of this process's environment is passed on but proxies and certificates.
  let searchPath: String
  /// Ends what runs, from another thread.
  public let cancellation: Cancellation?

  /// Finds git on the search path. Throws `toolMissing`.
  public init(searchPath: String = inheritedSearchPath(), cancellation: Cancellation? = nil) throws(WorkspaceError) {
    guard let executable = findExecutable("git", in: searchPath) else {
      throw WorkspaceError(.toolMissing, "cannot find git on PATH: install git 2.31 or newer")
    }
    self.executable = executable
    self.searchPath = searchPath
    self.cancellation = cancellation
  }

  private init(executable: String, searchPath: String, cancellation: Cancellation?) {
    self.executable = executable
    self.searchPath = searchPath
    self.cancellation = cancellation
  }

  /// The same git, whose commands end when `cancellation` is cancelled.
  public func cancelled(by cancellation: Cancellation) -> Git {
    Git(executable: executable, searchPath: searchPath, cancellation: cancellation)
  }

  /// What `git version` says, such as `2.39.5`.
  public func version() throws(WorkspaceError) -> String {
    let text = String(decoding: try run(["version"]).output, as: UTF8.self)
    return text.split(whereSeparator: \.isWhitespace).dropFirst(2).first.map(String.init) ?? "unknown"
  }

  /// Settings that win over those of any repository.
  static let overrides = [
    // Programs that git would start. (`core.sshCommand`, `core.askPass` and the pager are overridden by the environment;
    // git itself takes `uploadpack.packObjectsHook` from no repository.)
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.alternateRefsCommand=true", "credential.helper=",
    // Files outside of the repository that it would read.
    "core.attributesFile=/dev/null", "core.excludesFile=/dev/null",
    // What it would do beside what it was asked for.
    "gc.auto=0", "maintenance.auto=false", "fetch.recurseSubmodules=false", "submodule.recurse=false", "push.recurseSubmodules=no",
    "push.gpgSign=false", "push.followTags=false", "fetch.writeCommitGraph=false",
    // The form of what it says.
    "core.quotePath=false", "color.ui=false", "i18n.logOutputEncoding=UTF-8",
  ]

  /// A command that reads or writes one repository and never the network.
  func command(
    _ arguments: [String], in gitDirectory: String? = nil, workTree: String? = nil, environment: [String: String] = [:],
    input: [UInt8] = [], limits: ProcessLimits = ProcessLimits()
  ) -> Command {
    var variables = [
      "PATH": searchPath, "HOME": "/nonexistent", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
      "GIT_ASKPASS": "true", "SSH_ASKPASS": "true", "GIT_PAGER": "cat", "GIT_EDITOR": "false", "GIT_NO_REPLACE_OBJECTS": "1",
      "GIT_NO_LAZY_FETCH": "1", "GIT_LITERAL_PATHSPECS": "1", "GIT_FLUSH": "1",
      // Wins over any `protocol.*.allow` that a repository sets; no transport is named so.
      "GIT_ALLOW_PROTOCOL": "none",
    ]
    variables.merge(environment) { _, given in given }
    var words = Self.overrides.flatMap { ["-c", $0] }
    if let gitDirectory { words.append("--git-dir=\(gitDirectory)") }
    if let workTree { words.append("--work-tree=\(workTree)") }
    return Command(executable, words + arguments, environment: variables, directory: "/", input: input, limits: limits)
  }

  /// Runs a command that must succeed.
  /// - Parameter accepting: exit statuses that are an answer too.
  func run(
    _ arguments: [String], in gitDirectory: String? = nil, workTree: String? = nil, environment: [String: String] = [:],
    input: [UInt8] = [], limits: ProcessLimits = ProcessLimits(), accepting: Set<Int32> = [0], holding lock: FileLock? = nil
  ) throws(WorkspaceError) -> ProcessResult {
    try run(
      command(arguments, in: gitDirectory, workTree: workTree, environment: environment, input: input, limits: limits),
      named: Self.name(of: arguments), accepting: accepting, holding: lock)
  }

  /// - Parameter lock: stays locked until git has ended, even when this process is killed before.
  func run(
    _ command: Command, named name: String, accepting: Set<Int32> = [0], holding lock: FileLock? = nil
  ) throws(WorkspaceError) -> ProcessResult {
    let result = try Subprocess.run(command, cancellation: cancellation, extra: lock.map { [$0.file] } ?? [], watch: nil)
    switch (result.kill, result.exit) {
    case (nil, .status(let status)) where accepting.contains(status): return result
    case (nil, .status), (nil, .signal): throw GitFailure.error(name, result)
    case (.timeLimit, _), (.memoryLimit, _), (.processLimit, _):
      throw WorkspaceError(.timedOut, "git \(name) was ended after \(command.limits.time.inMilliseconds / 1000) s")
    case (.outputLimit, _): throw WorkspaceError(.outputTooLarge, "git \(name) gave more than \(command.limits.output) bytes")
    case (.cancelled, _): throw WorkspaceError(.cancelled, "git \(name) was cancelled")
    }
  }

  /// The subcommand, for messages.
  private static func name(of arguments: [String]) -> String { arguments.first { !$0.hasPrefix("-") } ?? "" }
}

/// What git's words mean. They are English, because commands run with `LC_ALL=C.UTF-8`.
enum GitFailure {
  private static let meanings: [(WorkspaceError.Code, [String])] = [
    (
      .unauthorized,
      [
        "Authentication failed", "could not read Username", "could not read Password", "Permission denied", "returned error: 403",
        "returned error: 401", "Host key verification failed", "dubious ownership",
      ]
    ),
    (.unknownRevision, ["couldn't find remote ref", "Needed a single revision", "bad object", "Not a valid object name"]),
    (
      .notARepository,
      [
        "does not appear to be a git repository", "not a git repository", "repository not found", "Repository not found",
        "returned error: 404", "does not exist", "not found: did you run git update-server-info",
      ]
    ),
    (
      .unreachable,
      [
        "Could not resolve host", "unable to connect", "Connection refused", "Connection timed out", "Connection reset",
        "Failed to connect", "Operation timed out", "Network is unreachable", "early EOF", "hung up unexpectedly", "returned error: 5",
        "SSL certificate problem", "Empty reply from server",
      ]
    ),
  ]

  static func error(_ name: String, _ result: ProcessResult) -> WorkspaceError {
    let text = String(decoding: result.errorOutput, as: UTF8.self)
    let code = meanings.first { $0.1.contains { text.contains($0) } }?.0 ?? .failed
    let said = sanitized(result.errorOutput)
    let how = if case .signal(let number) = result.exit { "was ended by signal \(number)" } else { "failed" }
    return WorkspaceError(code, said.isEmpty ? "git \(name) \(how)" : "git \(name) \(how): \(said)")
  }
}
