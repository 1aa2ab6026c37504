// Starts what a test needs beside itself: servers that run on, commands that end. It shares no code with Workspace, so
// that Workspace's own tests do not lean on what they test. Output goes to files, so nothing can block on a pipe.

import Domain
import Glibc
import Threading

/// A process that a test has started. It leads its own process group, and the group is killed with the last reference.
///
/// `@unchecked Sendable` is safe: `exit` is a monitor, everything else is immutable.
public final class ChildProcess: @unchecked Sendable {
  public let pid: pid_t
  /// What it has written to standard output and to standard error.
  public let outputPath: String
  public let errorPath: String
  private let scratch: TemporaryDirectory
  /// The wait status once it has ended and was collected.
  private let exit = Monitor<Int32?>(nil)

  /// Starts `arguments[0]` (looked up on PATH).
  /// - Parameter environment: what to change; nil removes a variable.
  public init(
    _ arguments: [String], directory: String? = nil, environment: [String: String?] = [:], input: String? = nil
  ) throws {
    let scratch = try TemporaryDirectory("child")
    self.scratch = scratch
    outputPath = scratch("out")
    errorPath = scratch("err")
    let inputPath = try input.map { try scratch.write("in", $0) } ?? "/dev/null"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    _ = closeFrom(&actions, 3)
    if let directory { _ = changeDirectory(&actions, directory) }
    pid = try Self.spawn(arguments, mergedEnvironment(environment), &actions)
  }

  deinit { kill() }

  private static func spawn(_ arguments: [String], _ environment: [String], _ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var child = pid_t()
    let code = posix_spawnp(&child, arguments[0], &actions, &attributes, argv, envp)
    guard code == 0 else {
      errno = code
      throw SystemFailure("cannot start \(arguments[0])")
    }
    return child
  }

  /// Whether it runs still.
  public var isRunning: Bool { collect(blocking: false) == nil }

  /// Waits for its end, polling, up to a deadline. Returns the exit status, 128 + the signal's number, or nil on time-out.
  public func waitForEnd(within limit: Duration = .seconds(60)) -> Int32? {
    _ = eventually(within: limit) { self.collect(blocking: false) != nil }
    return collect(blocking: false).map(exitStatus)
  }

  /// Asks it to end (SIGTERM), and kills its group when it has not ended in time.
  @discardableResult
  public func stop(within limit: Duration = .seconds(10)) -> Int32? {
    signal(SIGTERM)
    if let status = waitForEnd(within: limit) { return status }
    kill()
    return nil
  }

  /// Kills the whole group at once and collects the child.
  public func kill() {
    if collect(blocking: false) == nil {
      _ = killpg(pid, SIGKILL)
      _ = collect(blocking: true)
    } else {
      _ = killpg(pid, SIGKILL)
    }
  }

  /// Sends a signal to the process itself, when it has not been collected.
  public func signal(_ number: Int32) {
    exit.withLock { ended in if ended == nil { _ = Glibc.kill(pid, number) } }
  }

  public var output: String { (try? readFile(outputPath)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
  public var errorOutput: String { (try? readFile(errorPath)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  private func collect(blocking: Bool) -> Int32? {
    exit.update { ended in
      if ended != nil { return ended }
      var status = Int32()
      var result = waitpid(pid, &status, blocking ? 0 : WNOHANG)
      while result < 0, errno == EINTR { result = waitpid(pid, &status, blocking ? 0 : WNOHANG) }
      if result == pid { ended = status }
      return ended
    }
  }
}

/// What a command that ended has left.
public struct CommandResult: Sendable {
  /// The exit status, or 128 + the signal's number.
  public var status: Int32
  public var output: String
  public var errorOutput: String
}

/// Runs a command to its end. Throws when it cannot be started or does not end within `limit`.
public func runCommand(
  _ arguments: [String], directory: String? = nil, environment: [String: String?] = [:], input: String? = nil,
  within limit: Duration = .seconds(60)
) throws -> CommandResult {
  let child = try ChildProcess(arguments, directory: directory, environment: environment, input: input)
  guard let status = child.waitForEnd(within: limit) else {
    errno = ETIMEDOUT
    throw SystemFailure("\(arguments.joined(separator: " ")) did not end")
  }
  return CommandResult(status: status, output: child.output, errorOutput: child.errorOutput)
}

private func exitStatus(_ status: Int32) -> Int32 {
  let signal = status & 0x7f
  return signal == 0 ? (status >> 8) & 0xff : 128 + signal
}

private func mergedEnvironment(_ changes: [String: String?]) -> [String] {
  var variables: [String] = []
  var cursor = environ
  while let text = cursor.pointee {
    let entry = String(cString: text)
    if changes[String(entry.prefix { $0 != "=" })] == nil { variables.append(entry) }
    cursor += 1
  }
  for (name, value) in changes { if let value { variables.append("\(name)=\(value)") } }
  return variables
}

// glibc declares these two only under _GNU_SOURCE, which Swift's Glibc module is built without.

@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
private func closeFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ first: CInt) -> CInt

@_silgen_name("posix_spawn_file_actions_addchdir_np")
private func changeDirectory(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ path: UnsafePointer<CChar>) -> CInt
