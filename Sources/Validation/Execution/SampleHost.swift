// Where samples run. Validation knows only this protocol; the one implementation is the sandbox (`SandboxedHost.swift`).

import Domain

/// One start of an interpreter or a compiler's driver.
public struct SampleProgram: Sendable, Hashable {
  /// Found on the search path: `python3`, `node`.
  public var tool: String
  public var arguments: [String]
  public var input: [UInt8]
  /// Of the whole start.
  public var timeout: Duration
  /// The language that it serves; decides the limits and the installed packages.
  public var language: String
  public var dependencies: [String]
  /// Further tools that it starts; where each is follows the arguments.
  public var companions: [String]

  public init(
    tool: String, arguments: [String], input: [UInt8] = [], timeout: Duration, language: String, dependencies: [String] = [],
    companions: [String] = []
  ) {
    self.tool = tool
    self.arguments = arguments
    self.input = input
    self.timeout = timeout
    self.language = language
    self.dependencies = dependencies
    self.companions = companions
  }
}

/// Runs programs with the repository's files in view.
///
/// The law: nothing of the host is visible but runtimes, the checkout at `/checkout` and installed packages at `/dependencies`, all
/// read-only; no network; what a run leaves behind is gone when it returns. Called from several threads at once.
public protocol SampleHost: Sendable {
  /// Names the content that programs see: equal for equal checkouts.
  var contentID: String { get }
  /// - Throws: `SampleHostError`, and nothing else.
  func run(_ program: SampleProgram) throws -> ToolResult
}

/// Why a program was not run, or not to its end.
public enum SampleHostError: Error, Sendable, Hashable {
  case tool(ToolError)
  /// The packages that samples need could not be installed; one line.
  case dependencies(String)
}
