// How languages reach their own tools. Validation is pure but for this protocol: the pipeline implements it with the sandbox.

/// Runs a language's tool on text from the repository.
///
/// The law: `input` reaches the tool's standard input whole; nothing of the host but the tool's runtime is visible to it; what the
/// tool leaves behind is gone when `run` returns. Called from several threads at once.
public protocol ToolRunner: Sendable {
  /// - Throws: `ToolError`, and nothing else.
  func run(tool: String, arguments: [String], input: [UInt8], timeout: Duration) throws -> ToolResult
}

/// What a tool answered.
public struct ToolResult: Sendable, Hashable {
  /// The exit status; 128 and more for a signal.
  public var status: Int32
  public var output: [UInt8]
  public var errorOutput: [UInt8]

  public init(status: Int32, output: [UInt8], errorOutput: [UInt8] = []) {
    self.status = status
    self.output = output
    self.errorOutput = errorOutput
  }
}

/// Why a tool did not answer.
public enum ToolError: Error, Sendable, Hashable {
  /// It is not installed.
  case missing(tool: String)
  case timedOut
  /// There is no isolation on this machine, and without it nothing runs.
  case noSandbox
  /// Anything else, in one line.
  case failed(String)
}
