// What is to run and what came of it: values.

import Domain

/// One program with everything it gets: no shell, nothing inherited.
public struct Command: Sendable {
  /// An absolute path.
  public var executable: String
  /// After the program's own name.
  public var arguments: [String]
  /// The whole environment.
  public var environment: [String: String]
  /// Where it starts; nil is this process's directory.
  public var directory: String?
  /// Standard input, to its end. Empty is `/dev/null`.
  public var input: [UInt8]
  public var limits: ProcessLimits

  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
    input: [UInt8] = [], limits: ProcessLimits = ProcessLimits()
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.input = input
    self.limits = limits
  }
}

/// Where the group of a process is killed.
public struct ProcessLimits: Sendable, Hashable {
  /// Wall-clock time.
  public var time: Duration
  /// Bytes of standard output.
  public var output: Int
  /// Bytes of standard error that are kept. More is read and thrown away: no program fails because it warns a lot.
  public var errorOutput: Int

  public init(time: Duration = .seconds(60), output: Int = 64 << 20, errorOutput: Int = 64 << 10) {
    self.time = time
    self.output = output
    self.errorOutput = errorOutput
  }
}

/// How a process ended and what it left.
public struct ProcessResult: Sendable, Hashable {
  public enum Exit: Sendable, Hashable {
    case status(Int32)
    case signal(Int32)
  }

  /// Why it was killed by us, when it was.
  public enum Kill: Sendable, Hashable {
    case timeLimit
    case outputLimit
    case memoryLimit
    case processLimit
    case cancelled
  }

  public var exit: Exit
  public var kill: Kill?
  /// Up to the limit.
  public var output: [UInt8]
  /// Up to the limit.
  public var errorOutput: [UInt8]
  /// Wall-clock time from start to end.
  public var duration: Duration

  public init(exit: Exit, kill: Kill? = nil, output: [UInt8] = [], errorOutput: [UInt8] = [], duration: Duration = .zero) {
    self.exit = exit
    self.kill = kill
    self.output = output
    self.errorOutput = errorOutput
    self.duration = duration
  }

  /// It ended by itself with status 0.
  public var succeeded: Bool { kill == nil && exit == .status(0) }
}
