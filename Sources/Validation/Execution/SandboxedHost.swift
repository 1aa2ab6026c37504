// Samples in the sandbox, with one commit's files in view.

import Documents
import Domain
import Synchronization
import Workspace

/// Runs samples in the sandbox. The checkout is written to disk when the first sample runs, and removed with this object.
public final class SandboxedHost: SampleHost {
  public let contentID: String
  private let sandbox: Sandbox
  private let checkout: any Checkout
  private let dependencies: DependencyStore?
  private let scratch: String
  private let folder = Mutex<Result<CheckoutFolder, SampleHostError>?>(nil)

  /// - Parameters:
  ///   - dependencies: nil installs nothing: samples of a language that wants packages are left to a person.
  ///   - scratch: where the checkout is written.
  public init(_ checkout: any Checkout, sandbox: Sandbox = Sandbox(), dependencies: DependencyStore? = nil, scratch: String = "/tmp") {
    self.checkout = checkout
    self.sandbox = sandbox
    self.dependencies = dependencies
    self.scratch = scratch
    var hash = ContentHash()
    for entry in checkout.entries {
      hash.add(entry.path)
      hash.add("\(entry.blob)")
    }
    contentID = hash.hex
  }

  public func run(_ program: SampleProgram) throws -> ToolResult {
    let report = sandbox.selfTest()
    guard report.isIsolated else { throw SampleHostError.tool(.noSandbox) }
    guard let tool = sandbox.runtime(program.tool) else { throw SampleHostError.tool(.missing(tool: program.tool)) }
    var visible = [Sandbox.Visible(try files().path, at: "/checkout")]
    if !program.dependencies.isEmpty {
      visible.append(Sandbox.Visible(try install(program).path, at: "/dependencies"))
    }
    var limits = Self.limits(of: program.language)
    limits.time = program.timeout
    limits.processorTime = program.timeout
    var companions: [Runtime] = []
    for name in program.companions {
      guard let companion = sandbox.runtime(name) else { throw SampleHostError.tool(.missing(tool: name)) }
      companions.append(companion)
    }
    do throws(WorkspaceError) {
      return try Self.result(
        try sandbox.run(
          tool, program.arguments + companions.map(\.executable), input: program.input, visible: visible, companions: companions,
          limits: limits), program.tool)
    } catch {
      throw SampleHostError.tool(error.code == .noSandbox ? .noSandbox : .failed(error.description))
    }
  }

  private static func limits(of language: String) -> SandboxLimits {
    switch language {
    case "rust", "go", "swift", "c": .compiler
    case "javascript", "typescript": .virtualMachine
    default: SandboxLimits()
    }
  }

  private static func result(_ result: ProcessResult, _ tool: String) throws(WorkspaceError) -> ToolResult {
    switch result.kill {
    case .timeLimit?: return ToolResult(status: SampleRunner.timedOut, output: result.output, errorOutput: result.errorOutput)
    case let kill?: throw WorkspaceError(.failed, "\(tool) was ended: \(kill)")
    case nil: break
    }
    switch result.exit {
    case .status(let status): return ToolResult(status: status, output: result.output, errorOutput: result.errorOutput)
    case .signal(let signal): return ToolResult(status: 128 + signal, output: result.output, errorOutput: result.errorOutput)
    }
  }

  /// The checkout on disk, made once; a failure is remembered too.
  private func files() throws -> CheckoutFolder {
    try folder.withLock { known in
      if known == nil {
        do {
          known = .success(try CheckoutFolder(checkout, in: scratch))
        } catch {
          known = .failure(.tool(.failed("the files cannot be written to disk: \(error)")))
        }
      }
      guard let known else { throw SampleHostError.tool(.failed("the files cannot be written to disk")) }
      return try known.get()
    }
  }

  private func install(_ program: SampleProgram) throws -> InstalledPackages {
    guard let dependencies else { throw SampleHostError.dependencies("nothing is installed here") }
    return try dependencies.packages(program.dependencies, language: program.language)
  }
}
