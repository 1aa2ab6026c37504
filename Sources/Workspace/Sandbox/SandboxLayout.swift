// The sandbox as arguments of bwrap(1): which walls stand, what is visible.

import Domain
import Glibc

/// How the sandbox is built on this machine; what the self-test has found to work.
struct SandboxLayout: Sendable, Hashable {
  /// How the programs inside get a user without rights.
  enum Identity: Sendable, Hashable {
    /// We are root: no user namespace; `setpriv` changes to an otherwise unused user before the program starts, so that the
    /// kernel's limit of processes counts (it does not for root, not even in a namespace).
    case changed
    /// We are somebody else: a user namespace, in which no further one can be made.
    case namespace
  }

  var bubblewrap: String
  var prlimit: String
  var setpriv: String
  var identity: Identity
  var hasProcessFiles = true
  var hasFilter = true
  var disablesNamespaces = true

  /// The first descriptor that a child has for us: where bwrap reads the system call filter.
  static let filterDescriptor = 3

  /// Everything before the tool itself.
  func arguments(runtimes: [Runtime], visible: [Sandbox.Visible], limits: SandboxLimits, directory: String?) -> [String] {
    walls + files(limits) + runtimes.flatMap { $0.installation.map { Self.show($0, at: $0) } ?? [] }
      + visible.flatMap { Self.show($0.host, at: $0.inside) }
      + ["--remount-ro", "/", "--chdir", directory ?? "/tmp"] + environment(runtimes) + ["--"] + changeOfUser + resources(limits)
  }

  private var walls: [String] {
    var words = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"]
    words += ["--new-session", "--die-with-parent", "--cap-drop", "ALL"]
    switch identity {
    case .changed: words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    case .namespace: words += ["--unshare-user"] + (disablesNamespaces ? ["--disable-userns"] : [])
    }
    if hasFilter { words += ["--seccomp", "\(Self.filterDescriptor)"] }
    return words
  }

  private func files(_ limits: SandboxLimits) -> [String] {
    let room = ["--perms", "1777", "--size", "\(limits.temporary)"]
    return ["--ro-bind", "/usr", "/usr"] + Self.systemFolders + hasProcessFiles.words(["--proc", "/proc"], ["--dir", "/proc"])
      + ["--dev", "/dev"] + room + ["--tmpfs", "/dev/shm", "--remount-ro", "/dev"] + room + ["--tmpfs", "/tmp"]
  }

  /// `/bin`, `/lib` … as the host has them: links into `/usr`, or folders; and the few files of `/etc` that runtimes read.
  private static let systemFolders: [String] = {
    var words: [String] = []
    for folder in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
      switch fileKind(folder) {
      case S_IFLNK:
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(folder, &buffer, buffer.count)
        let target = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        words += ["--symlink", target, folder]
      case S_IFDIR: words += ["--ro-bind", folder, folder]
      default: break
      }
    }
    words += ["--dir", "/etc"]
    for file in ["/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime"] { words += ["--ro-bind-try", file, file] }
    return words
  }()

  /// Shows something of the host. The folders that lead to it are made first, because bwrap would make them for root alone.
  private static func show(_ host: String, at inside: String) -> [String] {
    var words: [String] = []
    var folder = ""
    for part in inside.split(separator: "/").dropLast() {
      folder += "/\(part)"
      words += ["--dir", folder]
    }
    return words + ["--ro-bind", host, inside]
  }

  private func environment(_ runtimes: [Runtime]) -> [String] {
    let path = runtimes.first?.searchPath ?? "/usr/local/bin:/usr/bin:/bin"
    return ["--clearenv", "--setenv", "PATH", path, "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8"]
  }

  /// A user that nobody else is (systemd's range for such, systemd.exec(5) DynamicUser), another for each run of a process,
  /// so that runs beside each other do not share the count of processes.
  private var changeOfUser: [String] {
    guard identity == .changed else { return [] }
    let user = "\(61_184 + UInt32.random(in: 0..<4336))"
    return [setpriv, "--reuid", user, "--regid", user, "--clear-groups", "--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs"]
  }

  private func resources(_ limits: SandboxLimits) -> [String] {
    let seconds = max(1, (limits.processorTime.inMilliseconds + 999) / 1000)
    var words = [
      prlimit, "--core=0", "--cpu=\(seconds)", "--nproc=\(limits.processes)", "--nofile=\(limits.openFiles)",
      "--fsize=\(limits.fileSize)", "--memlock=0", "--msgqueue=0", "--sigpending=1024",
    ]
    if let space = limits.addressSpace { words.append("--as=\(space)") }
    return words + ["--"]
  }
}

extension Bool {
  fileprivate func words(_ yes: [String], _ no: [String]) -> [String] { self ? yes : no }
}
