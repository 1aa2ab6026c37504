// What a program in the sandbox may use, and how it ended.

import Domain

/// The limits of one run.
public struct SandboxLimits: Sendable, Hashable {
  /// Wall-clock time; then everything in the sandbox is killed.
  public var time: Duration
  /// CPU time of one process.
  public var processorTime: Duration
  /// Bytes of memory that all processes use together, watched every 20 ms.
  public var memory: Int
  /// Bytes of address space of one process; nil where a runtime reserves much more than it uses (Node.js, Go, Java).
  public var addressSpace: Int?
  /// Processes and threads at one time.
  public var processes: Int
  /// Open files of one process.
  public var openFiles: Int
  /// Bytes of one file.
  public var fileSize: Int
  /// Bytes that `/tmp` holds.
  public var temporary: Int
  /// Bytes of standard output; then it is killed. As many of standard error are kept.
  public var output: Int

  /// Those for an interpreted language.
  public init(
    time: Duration = .seconds(10), processorTime: Duration = .seconds(10), memory: Int = 512 << 20, addressSpace: Int? = 2 << 30,
    processes: Int = 64, openFiles: Int = 64, fileSize: Int = 16 << 20, temporary: Int = 64 << 20, output: Int = 1 << 20
  ) {
    self.time = time
    self.processorTime = processorTime
    self.memory = memory
    self.addressSpace = addressSpace
    self.processes = processes
    self.openFiles = openFiles
    self.fileSize = fileSize
    self.temporary = temporary
    self.output = output
  }

  /// Those for a compiler.
  public static let compiler = SandboxLimits(
    time: .seconds(60), processorTime: .seconds(60), memory: 2 << 30, addressSpace: nil, processes: 128, openFiles: 256,
    fileSize: 256 << 20, temporary: 512 << 20)

  /// Those for a runtime that reserves address space by the gigabyte and starts a thread for each processor (Node.js, Java).
  public static let virtualMachine = SandboxLimits(addressSpace: nil, openFiles: 128)
}

/// What a self-test of the sandbox has found.
public struct SandboxReport: Sendable, Hashable, CustomStringConvertible {
  /// One wall of the sandbox.
  public enum Layer: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Nothing of the host's files but the runtimes.
    case privateFiles = "private files"
    /// Other processes are invisible, and all of the sandbox's end with it.
    case privateProcesses = "private processes"
    case noNetwork = "no network"
    /// Not root, no capability, none to be had.
    case noPrivileges = "no privileges"
    /// CPU time, memory, processes, files.
    case resourceLimits = "resource limits"
    case emptyEnvironment = "empty environment"
    /// A seccomp filter: no sockets but unix ones, no namespaces, no tracing, no kernel keys.
    case systemCallFilter = "system call filter"
    /// A `/proc` of its own. Without it (inside some containers) programs see none.
    case processFiles = "process files"

    /// Without which nothing is executed.
    public var isRequired: Bool { self != .systemCallFilter && self != .processFiles }
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  public var layers: Set<Layer>
  /// Why a layer is missing, in the words of the program that failed; nil when none is.
  public var problem: String?

  public var isIsolated: Bool { Layer.allCases.allSatisfy { !$0.isRequired || layers.contains($0) } }
  public var missing: [Layer] { Layer.allCases.filter { !layers.contains($0) } }

  public var description: String {
    let all = missing.isEmpty ? "all layers are there" : "missing: " + missing.map(\.rawValue).joined(separator: ", ")
    return "sandbox \(isIsolated ? "isolated" : "not isolated"), \(all)" + (problem.map { ": \($0)" } ?? "")
  }
}
