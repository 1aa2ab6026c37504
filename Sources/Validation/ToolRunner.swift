// How languages reach their own tools. Validation is pure but for this protocol: the pipeline implements it with the sandbox.

/// Runs a language's tool on text from the repository.
///
/// The law: `input` reaches the tool's standard input whole; nothing of the host but the tool's runtime is visible to it; what the
/// tool leaves behind is gone when `run` returns. Called from several threads at once.
public protocol ToolRunner: Sendable {
  /// - Throws: `ToolError`, and nothing else.
  func run(tool: String, arguments: [String], input: [UInt8], timeout: Duration) throws -> ToolResult
  /// Runs a script for sh(1) whose `$1` is the tool; the tool's runtime is visible to it as well.
  func run(script: String, tool: String, input: [UInt8], timeout: Duration) throws -> ToolResult
  /// A text that is another one when another version of the tool is installed; nil when that is not known.
  func version(of tool: String) -> String?
}

extension ToolRunner {
  /// For tools on the search path.
  public func run(script: String, tool: String, input: [UInt8], timeout: Duration) throws -> ToolResult {
    let asked = "command -v \"$1\" > /dev/null || exit 127\n"
    let result = try run(tool: "sh", arguments: ["-c", asked + script, "sh", tool], input: input, timeout: timeout)
    if result.status == 127 { throw ToolError.missing(tool: tool) }
    return result
  }

  public func version(of tool: String) -> String? { nil }
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
