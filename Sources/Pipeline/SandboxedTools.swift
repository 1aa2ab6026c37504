// Other languages' own parsers, for the validator: each runs in the sandbox, or not at all.

import Domain
import Validation
import Workspace

/// Runs tools in the sandbox.
public struct SandboxedTools: ToolRunner {
  private let sandbox: Sandbox

  public init(sandbox: Sandbox = Sandbox()) { self.sandbox = sandbox }

  public func run(tool: String, arguments: [String], input: [UInt8], timeout: Duration) throws -> ToolResult {
    guard let runtime = sandbox.runtime(tool) else { throw ToolError.missing(tool: tool) }
    return try run(runtime, arguments, input, for: tool, at: runtime, timeout)
  }

  public func run(script: String, tool: String, input: [UInt8], timeout: Duration) throws -> ToolResult {
    guard let runtime = sandbox.runtime(tool) else { throw ToolError.missing(tool: tool) }
    guard let shell = sandbox.runtime("sh") else { throw ToolError.missing(tool: "sh") }
    return try run(shell, ["-c", script, "sh", runtime.executable], input, for: tool, at: runtime, timeout)
  }

  public func version(of tool: String) -> String? { sandbox.runtime(tool)?.version(with: ToolNeeds.of(tool)) }

  private func run(
    _ program: Runtime, _ arguments: [String], _ input: [UInt8], for tool: String, at runtime: Runtime, _ timeout: Duration
  ) throws -> ToolResult {
    let needs = ToolNeeds.of(tool)
    var limits = needs.limits
    limits.time = timeout
    limits.processorTime = max(limits.processorTime, timeout)
    let result: ProcessResult
    do throws(WorkspaceError) {
      result = try sandbox.run(
        program, arguments, input: input, visible: runtime.visible(with: needs), companions: runtime == program ? [] : [runtime],
        limits: limits)
    } catch {
      throw Self.reason(error, tool)
    }
    if result.kill == .timeLimit { throw ToolError.timedOut }
    if let kill = result.kill { throw ToolError.failed("\(tool) was ended: \(kill)") }
    return ToolResult(status: Self.status(result.exit), output: result.output, errorOutput: result.errorOutput)
  }

  private static func reason(_ error: WorkspaceError, _ tool: String) -> ToolError {
    switch error.code {
    case .noSandbox: .noSandbox
    case .timedOut: .timedOut
    case .toolMissing: .missing(tool: tool)
    default: .failed(error.description)
    }
  }

  private static func status(_ exit: ProcessResult.Exit) -> Int32 {
    switch exit {
    case .status(let status): status
    case .signal(let signal): 128 + signal
    }
  }
}
