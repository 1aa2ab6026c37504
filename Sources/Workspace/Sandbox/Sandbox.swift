// Runs programs that nobody has read: code samples, and tools over files from a repository. bubblewrap builds walls of
// kernel namespaces around each run, they are gone when it ends, and nothing is kept (docs/threat-model.md;
// docs/decisions/0006-processes-and-sandbox.md says why bubblewrap).
//
// Before the first run a self-test looks from the inside which walls are really there. When a required one is missing,
// nothing is executed.

import Domain
import Glibc
import Threading

/// Runs programs in isolation. One object for the whole process; safe from any thread.
public final class Sandbox: Sendable {
  /// Something of the host that is visible, read-only.
  public struct Visible: Sendable, Hashable {
    /// Absolute, on the host.
    public var host: String
    /// Absolute, in the sandbox.
    public var inside: String

    public init(_ host: String, at inside: String) {
      self.host = host
      self.inside = inside
    }
  }

  private struct Tested: Sendable {
    var layout: SandboxLayout?
    var report: SandboxReport
  }

  private let searchPath: String
  private let tested = Monitor<Tested?>(nil)

  /// - Parameter searchPath: where `bwrap`, `prlimit`, `setpriv` and the runtimes are looked for.
  public init(searchPath: String = inheritedSearchPath()) { self.searchPath = searchPath }

  /// Which layers are really there. Tested once (three starts of bubblewrap at the most); later calls repeat the answer.
  public func selfTest() -> SandboxReport { test().report }

  /// The runtime of that name, as the sandbox sees the host; nil when it is not installed.
  public func runtime(_ name: String) -> Runtime? { Runtime.find(name, searchPath: searchPath) }

  /// As `run` below, with the runtime looked up: `run("python3", ["-I", "-c", program], input: sample)`.
  /// Throws also `toolMissing`.
  public func run(
    _ name: String, _ arguments: [String], input: [UInt8] = [], limits: SandboxLimits = SandboxLimits(),
    cancellation: Cancellation? = nil
  ) throws(WorkspaceError) -> ProcessResult {
    guard let tool = runtime(name) else { throw WorkspaceError(.toolMissing, "cannot find \(shown(name)) on PATH: install it") }
    return try run(tool, arguments, input: input, limits: limits, cancellation: cancellation)
  }

  /// Runs `tool` to its end: no network, no files but the runtimes and what is `visible`, an empty `/tmp` of its own, an
  /// environment of `PATH`, `HOME` and `LANG`. What it does, also reaching a limit, is in the result.
  /// - Parameters:
  ///   - arguments: after the tool's own name; no shell sees them.
  ///   - input: standard input, to its end.
  ///   - companions: further runtimes that must be visible.
  ///   - directory: where it starts, in the sandbox; nil is `/tmp`.
  /// Throws `noSandbox` when isolation is incomplete.
  public func run(
    _ tool: Runtime, _ arguments: [String] = [], input: [UInt8] = [], visible: [Visible] = [], companions: [Runtime] = [],
    directory: String? = nil, limits: SandboxLimits = SandboxLimits(), cancellation: Cancellation? = nil
  ) throws(WorkspaceError) -> ProcessResult {
    let state = test()
    guard let layout = state.layout, state.report.isIsolated else {
      throw WorkspaceError(.noSandbox, "not executed: \(state.report)")
    }
    let before = layout.arguments(runtimes: [tool] + companions, visible: visible, limits: limits, directory: directory)
    return try Self.start(layout, before + [tool.executable] + arguments, input, limits, cancellation)
  }

  /// Starts bubblewrap with a whole command line.
  private static func start(
    _ layout: SandboxLayout, _ arguments: [String], _ input: [UInt8], _ limits: SandboxLimits, _ cancellation: Cancellation?
  ) throws(WorkspaceError) -> ProcessResult {
    let command = Command(
      layout.bubblewrap, arguments, directory: "/", input: input,
      limits: ProcessLimits(time: limits.time, output: limits.output, errorOutput: limits.output))
    let watch = UsageWatch(memory: limits.memory, processes: limits.processes)
    let filter = layout.hasFilter ? try filterDescriptor() : nil
    return try Subprocess.run(command, cancellation: cancellation, extra: filter.map { [$0] } ?? [], watch: watch.verdict)
  }

  /// The system call filter in a pipe, which bwrap reads to its end; it is much smaller than what a pipe holds.
  private static func filterDescriptor() throws(WorkspaceError) -> Descriptor {
    let pipe = try Pipe()
    _ = pipe.writing.writeSome((SystemCallFilter.program ?? [])[...])
    pipe.writing.close()
    return pipe.reading
  }

  // The self-test.

  private func test() -> Tested {
    tested.withLock { known in
      if let known { return known }
      let result = examine()
      known = result
      return result
    }
  }

  /// Tries the best layout first, and without what fails for known reasons after that.
  private func examine() -> Tested {
    guard let bubblewrap = findExecutable("bwrap", in: searchPath) else {
      return Tested(report: SandboxReport(layers: [], problem: "bwrap is not installed: install the package bubblewrap"))
    }
    guard let prlimit = findExecutable("prlimit", in: searchPath), let setpriv = findExecutable("setpriv", in: searchPath) else {
      return Tested(report: SandboxReport(layers: [], problem: "prlimit or setpriv is not installed: install util-linux"))
    }
    var layout = SandboxLayout(
      bubblewrap: bubblewrap, prlimit: prlimit, setpriv: setpriv, identity: geteuid() == 0 ? .changed : .namespace,
      hasFilter: SystemCallFilter.program != nil)
    while true {
      let probe = SandboxProbe(layout: layout)
      do {
        let result = try Self.start(layout, probe.arguments, [], SandboxProbe.limits, nil)
        if result.succeeded { return Tested(layout: layout, report: probe.report(result.output)) }
        let said = sanitized(result.errorOutput)
        guard layout.simplify(after: said) else { return Tested(report: SandboxReport(layers: [], problem: "bwrap failed: \(said)")) }
      } catch {
        return Tested(report: SandboxReport(layers: [], problem: "\(error)"))
      }
    }
  }
}

extension SandboxLayout {
  /// Gives up what the failure says is not to be had here; false when there is nothing to give up.
  fileprivate mutating func simplify(after problem: String) -> Bool {
    if identity == .changed, problem.contains("setpriv:") || problem.contains("namespace failed") {
      // Root of a container that may not become anyone else.
      identity = .namespace
    } else if hasProcessFiles, problem.contains("mount proc") {
      hasProcessFiles = false
    } else if disablesNamespaces, identity == .namespace, problem.contains("disable-userns") {
      disablesNamespaces = false
    } else if hasFilter, problem.contains("seccomp") {
      hasFilter = false
    } else {
      return false
    }
    return true
  }
}
