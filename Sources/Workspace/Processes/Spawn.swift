// Starting a process: the only call of posix_spawn in the engine. posix_spawn (vfork below) costs the same however much
// memory this process has, and is safe while other threads run, which fork in Swift is not.
//
// A child gets exactly: the arguments (never a shell), the environment and the descriptors it is given, default signal
// handling, and a process group of its own, by which it and what it starts are killed.

import Glibc

/// A child that has not been waited for. Whoever holds it must call `ChildGroup.reap`.
struct ChildGroup {
  let pid: pid_t

  /// Kills everything in the group. Only before `reap`: until then the number cannot belong to anyone else.
  func kill() { _ = killpg(pid, SIGKILL) }

  /// Whether the child has ended; leaves it to be reaped.
  var hasEnded: Bool {
    var information = siginfo_t()
    return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo == SIGCHLD
  }

  /// Kills what is left of the group, waits for the child and says how it ended.
  func reap() -> ProcessResult.Exit {
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    kill()
    var status = Int32()
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? .status((status >> 8) & 0xff) : .signal(status & 0x7f)
  }
}

/// The descriptors of a child: what becomes its 0, 1, 2, 3 … Nil is `/dev/null`.
typealias ChildDescriptors = [Descriptor?]

/// Starts `command` with these descriptors and no others.
func spawn(_ command: Command, descriptors: ChildDescriptors) throws(WorkspaceError) -> ChildGroup {
  let argv = [command.executable] + command.arguments
  let environment = command.environment.map { "\($0.key)=\($0.value)" }
  guard (argv + environment + [command.directory ?? ""]).allSatisfy({ !$0.utf8.contains(0) }) else {
    throw WorkspaceError(.cannotStart, "cannot start \(shown(command.executable)): an argument contains a NUL byte")
  }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (target, descriptor) in descriptors.enumerated() {
    if let descriptor {
      posix_spawn_file_actions_adddup2(&actions, descriptor.number, Int32(target))
    } else {
      posix_spawn_file_actions_addopen(&actions, Int32(target), "/dev/null", O_RDWR, 0)
    }
  }
  _ = closeFrom(&actions, Int32(descriptors.count))
  if let directory = command.directory { _ = changeDirectory(&actions, directory) }
  return try withAttributes { attributes throws(WorkspaceError) in
    try start(command.executable, argv, environment, &actions, &attributes)
  }
}

private func withAttributes(
  _ body: (inout posix_spawnattr_t) throws(WorkspaceError) -> ChildGroup
) throws(WorkspaceError) -> ChildGroup {
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  sigfillset(&signals)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setpgroup(&attributes, 0)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  return try body(&attributes)
}

private func start(
  _ executable: String, _ arguments: [String], _ environment: [String], _ actions: inout posix_spawn_file_actions_t,
  _ attributes: inout posix_spawnattr_t
) throws(WorkspaceError) -> ChildGroup {
  let argv = arguments.map { strdup($0) } + [nil]
  let envp = environment.map { strdup($0) } + [nil]
  defer { for text in argv + envp { free(text) } }
  var pid = pid_t()
  let code = posix_spawn(&pid, executable, &actions, &attributes, argv, envp)
  guard code == 0 else {
    let why = String(cString: strerror(code)).lowercased()
    throw WorkspaceError(code == ENOENT ? .toolMissing : .cannotStart, "cannot start \(shown(executable)): \(why)")
  }
  return ChildGroup(pid: pid)
}

/// The program called `name` in a colon-separated list of folders; nil when none of them has it as an executable file.
public func findExecutable(_ name: String, in searchPath: String) -> String? {
  for folder in searchPath.split(separator: ":") where folder.hasPrefix("/") {
    let candidate = "\(folder)/\(name)"
    var status = stat()
    if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 { return candidate }
  }
  return nil
}

/// The PATH of this process, or the conventional one.
public func inheritedSearchPath() -> String { getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin" }

// glibc declares these only under _GNU_SOURCE, which Swift's Glibc module is built without.

@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
private func closeFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ first: CInt) -> CInt

@_silgen_name("posix_spawn_file_actions_addchdir_np")
private func changeDirectory(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ path: UnsafePointer<CChar>) -> CInt
