// What everything in a sandbox uses together. The kernel limits a process (RLIMIT_AS), but a program may start many, and
// some runtimes reserve far more than they use; a cgroup would do it, where one were given to us, which on a laptop and in
// most containers it is not. So the sum is looked at while the program runs. Processes are counted too, for the one case in
// which the kernel does not (RLIMIT_NPROC does not hold for root).

import Glibc

/// Watches a process and all that descend from it.
struct UsageWatch {
  /// Bytes.
  let memory: Int
  let processes: Int
  /// bwrap itself and the first process of its namespace.
  private static let own = 2

  init(memory: Int, processes: Int) {
    self.memory = memory
    self.processes = processes
  }

  /// Which limit the tree below `root` exceeds now.
  func verdict(on root: pid_t) -> ProcessResult.Kill? {
    let found = Self.descendants(of: root, upTo: processes + Self.own + 1)
    if found.count > processes + Self.own { return .processLimit }
    // A first look at what each has for itself; pages that a fork still shares are counted several times in it.
    guard found.reduce(0, { $0 + Self.privateBytes(of: $1) }) > memory else { return nil }
    return found.reduce(0) { $0 + Self.proportionalBytes(of: $1) } > memory ? .memoryLimit : nil
  }

  private static func descendants(of root: pid_t, upTo limit: Int) -> [pid_t] {
    var found: [pid_t] = []
    var next = [root]
    while let pid = next.popLast(), found.count < limit {
      found.append(pid)
      // A child belongs to the thread that started it.
      for thread in numbers(in: "/proc/\(pid)/task") {
        next += text("/proc/\(pid)/task/\(thread)/children").split(separator: " ").compactMap { pid_t($0) }
      }
    }
    return found
  }

  /// Resident pages that are not of files: `size resident shared …` in pages (proc_pid_statm(5)).
  private static func privateBytes(of pid: pid_t) -> Int {
    let fields = text("/proc/\(pid)/statm").split(separator: " ")
    guard fields.count > 2, let resident = Int(fields[1]), let shared = Int(fields[2]) else { return 0 }
    return max(0, resident - shared) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// `Pss:` of smaps_rollup, in KiB: shared pages are divided among those who share them.
  private static func proportionalBytes(of pid: pid_t) -> Int {
    let line = text("/proc/\(pid)/smaps_rollup").split(separator: "\n").first { $0.hasPrefix("Pss:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }

  private static func text(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  private static func numbers(in folder: String) -> [Int] { folderNames(folder).compactMap { Int($0) } }
}
