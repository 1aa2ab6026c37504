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
    var limits = SandboxLimits()
    limits.time = timeout
    limits.processorTime = min(limits.processorTime, timeout)
    let result: ProcessResult
    do throws(WorkspaceError) {
      result = try sandbox.run(runtime, arguments, input: input, limits: limits)
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
