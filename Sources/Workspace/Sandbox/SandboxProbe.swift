// Looks from the inside of a sandbox which walls stand.

import Domain

/// A run of ordinary tools that shows from the inside which walls stand.
struct SandboxProbe {
  let layout: SandboxLayout
  static let limits = SandboxLimits(time: .seconds(20), processes: 31, openFiles: 61, fileSize: 71 << 10)

  /// `cat` over what the kernel says of the process itself; without `/proc`, `setpriv` and `prlimit` ask it directly.
  var arguments: [String] {
    let before = layout.arguments(runtimes: [], visible: [], limits: Self.limits, directory: nil)
    guard layout.hasProcessFiles else { return before + [layout.setpriv, "--dump"] }
    let files = ["status", "limits", "environ", "mountinfo", "net/dev"].map { "/proc/self/\($0)" }
    return before + ["/bin/cat"] + files
  }

  func report(_ output: [UInt8]) -> SandboxReport {
    let text = String(decoding: output, as: UTF8.self)
    return layout.hasProcessFiles ? full(text) : reduced(text)
  }

  private func full(_ text: String) -> SandboxReport {
    let lines = text.split(whereSeparator: { $0 == "\n" || $0 == "\0" }).map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
    func value(_ name: String) -> String? { lines.first { $0.first == name && $0.count > 1 }?[1] }
    func limit(_ name: [String]) -> String? { lines.first { $0.starts(with: name) && $0.count > name.count }?[name.count] }
    var report = SandboxReport(layers: [.processFiles])
    let noCapabilities = ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"].allSatisfy { value($0).map { $0.allSatisfy { $0 == "0" } } == true }
    let unprivileged = layout.identity == .namespace || value("Uid:") != "0" && value("CapBnd:")?.allSatisfy { $0 == "0" } == true
    report.add(.noPrivileges, noCapabilities && value("NoNewPrivs:") == "1" && unprivileged)
    report.add(.privateProcesses, value("Pid:").flatMap { Int($0) }.map { $0 < 10 } == true)
    report.add(.systemCallFilter, value("Seccomp:") == "2")
    report.add(.resourceLimits, limit(["Max", "processes"]) == "31" && limit(["Max", "open", "files"]) == "61")
    let interfaces = lines.filter { $0.count > 10 && $0[0].hasSuffix(":") }.map { $0[0] }
    report.add(.noNetwork, interfaces.allSatisfy { $0 == "lo:" })
    let variables = Set(lines.compactMap { $0.first }.filter { $0.contains("=") }.map { $0.prefix { $0 != "=" } })
    // bwrap sets PWD to the directory that it starts the program in.
    report.add(.emptyEnvironment, variables.subtracting(["PWD"]) == ["PATH", "HOME", "LANG"])
    report.add(.privateFiles, mountsArePrivate(lines))
    return report
  }

  /// `id parent device root mountpoint options …` (proc_pid_mountinfo(5)): the root is a file system of the sandbox's own, and
  /// whatever can be written to is one too.
  private func mountsArePrivate(_ lines: [[String]]) -> Bool {
    let mounts = lines.filter { $0.count > 8 && Int($0[0]) != nil && $0[2].contains(":") && $0.contains("-") }
    guard let root = mounts.first(where: { $0[4] == "/" }), root.contains("tmpfs") else { return false }
    return mounts.allSatisfy { mount in
      let own = ["tmpfs", "proc", "devpts", "devtmpfs"].contains { mount.contains($0) }
      return own || mount[5].split(separator: ",").contains("ro")
    }
  }

  /// bwrap fails when it cannot make a namespace, so having got this far says that they are there.
  private func reduced(_ text: String) -> SandboxReport {
    var report = SandboxReport(layers: [.privateFiles, .privateProcesses, .noNetwork, .resourceLimits, .emptyEnvironment])
    report.add(.noPrivileges, text.contains("no_new_privs: 1") && (layout.identity == .namespace || !text.contains("uid: 0")))
    report.add(.systemCallFilter, layout.hasFilter)
    report.problem = "/proc cannot be mounted here; programs run without it"
    return report
  }
}

extension SandboxReport {
  fileprivate mutating func add(_ layer: Layer, _ isThere: Bool) { if isThere { layers.insert(layer) } }
}
