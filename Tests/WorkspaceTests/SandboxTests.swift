import Domain
import Glibc
import TestSupport
import Testing
import Threading

@testable import Workspace

/// Escapes from the sandbox, each tried for real. They run one after the other: each is about a limit of the machine.
@Suite(.serialized) struct SandboxTests {
  static let sandbox = Sandbox()
  let sandbox = Self.sandbox
  let python: Runtime

  init() throws { python = try #require(Self.sandbox.runtime("python3")) }

  private func run(
    _ code: String, input: String = "", visible: [Sandbox.Visible] = [], limits: SandboxLimits = SandboxLimits()
  ) throws -> ProcessResult {
    try sandbox.run(python, ["-I", "-c", code], input: Array(input.utf8), visible: visible, limits: limits)
  }

  private func output(_ code: String, visible: [Sandbox.Visible] = [], limits: SandboxLimits = SandboxLimits()) throws -> String {
    let result = try run(code, visible: visible, limits: limits)
    let errors = String(decoding: result.errorOutput, as: UTF8.self)
    try #require(result.succeeded, "\(result.exit) \(String(describing: result.kill)): \(errors)")
    return String(decoding: result.output, as: UTF8.self)
  }

  @Test func `the self-test finds every wall`() {
    let report = sandbox.selfTest()
    #expect(report.isIsolated, "\(report)")
    #expect(report.missing.filter(\.isRequired) == [])
    #expect("\(report)" == "sandbox isolated, all layers are there")
  }

  @Test func `without bubblewrap nothing is executed`() throws {
    let empty = try TemporaryDirectory()
    let sandbox = Sandbox(searchPath: empty.path)
    #expect(!sandbox.selfTest().isIsolated)
    #expect { try sandbox.run(python, ["-c", "open('/tmp/x', 'w')"]) } throws: {
      ($0 as? WorkspaceError)?.code == .noSandbox
        && "\($0)".hasPrefix("not executed: sandbox not isolated") && "\($0)".hasSuffix("install the package bubblewrap")
    }
  }

  @Test func `a bubblewrap that lies is found out`() throws {
    // One that runs the program without any wall.
    let scratch = try TemporaryDirectory()
    try scratch.write("bwrap", "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"\n", mode: 0o755)
    let report = Sandbox(searchPath: scratch.path + ":/usr/bin:/bin").selfTest()
    #expect(!report.isIsolated)
    for layer in [SandboxReport.Layer.privateFiles, .privateProcesses] { #expect(!report.layers.contains(layer)) }
  }

  @Test func `a program runs with its input and gives its output`() throws {
    let result = try run("import sys; print(sys.stdin.read()[::-1]); sys.stderr.write('e'); sys.exit(3)", input: "abc")
    #expect(result.exit == .status(3))
    #expect(result.output == Array("cba\n".utf8))
    #expect(result.errorOutput == Array("e".utf8))
  }

  @Test func `a tool is found by its name`() throws {
    // What a syntax check is: the program is ours, the sample is only ever input.
    let check = "import ast, sys; ast.parse(sys.stdin.buffer.read())"
    #expect(try sandbox.run("python3", ["-I", "-c", check], input: Array("def f(): pass\n".utf8)).succeeded)
    #expect(try !sandbox.run("python3", ["-I", "-c", check], input: Array("def f(:\n".utf8)).succeeded)
    #expect { try sandbox.run("no-such-tool", []) } throws: { "\($0)" == "cannot find no-such-tool on PATH: install it" }
  }

  @Test func `nothing of the environment comes in`() throws {
    setenv("TOKEN_OF_A_SANDBOX_TEST", "s3cret", 1)
    defer { unsetenv("TOKEN_OF_A_SANDBOX_TEST") }
    #expect(try output("import os; print(sorted(os.environ))").contains("['HOME', 'LANG', 'PATH'"))
    #expect(try !output("print(open('/proc/self/environ').read(), open('/proc/1/cmdline').read())").contains("s3cret"))
  }

  @Test func `nothing of the host's files is visible`() throws {
    let scratch = try TemporaryDirectory()
    let secret = try scratch.write("secret", "s3cret")
    for path in [secret, "/etc/passwd", "/etc/shadow", "/home", "/var", "/run", "/sys", "/etc/hostname"] {
      #expect(try output("import os; print(os.path.exists(\"\(path)\"))") == "False\n", "\(path)")
    }
    #expect(try output("import os; print(os.listdir('/tmp'), os.listdir('/dev/shm'))") == "[] []\n")
  }

  @Test func `what is shown is read-only, and links do not lead out of it`() throws {
    let scratch = try TemporaryDirectory()
    try scratch.write("shown/a.txt", "visible")
    symlink("/etc/passwd", scratch("shown/out"))
    symlink("../secret", scratch("shown/up"))
    try scratch.write("secret", "s3cret")
    let code = """
      import os
      print(open('/checkout/a.txt').read())
      for path in ['/checkout/out', '/checkout/up']:
          try: print(open(path).read())
          except OSError as e: print(type(e).__name__)
      for path in ['/checkout/a.txt', '/checkout/new', '/usr/x', '/x', '/dev/x', '/etc/x', '/bin/x']:
          try: open(path, 'w'); print('written', path)
          except OSError as e: print(os.strerror(e.errno))
      """
    let said = try output(code, visible: [.init(scratch("shown"), at: "/checkout")])
    #expect(!said.contains("written") && !said.contains("s3cret") && !said.contains("root:"), "\(said)")
    #expect(said.hasPrefix("visible\nFileNotFoundError\nFileNotFoundError\n"))
  }

  @Test func `there is no network, not even loopback`() throws {
    let code = """
      import socket
      for family in [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, 40]:
          try: socket.socket(family, socket.SOCK_STREAM if family != socket.AF_PACKET else socket.SOCK_RAW); print('made', family)
          except OSError as e: print('refused')
      print(sum(1 for line in open('/proc/net/dev')) - 2)
      """
    #expect(try output(code) == "refused\nrefused\nrefused\nrefused\nrefused\n1\n")
  }

  @Test func `abstract and named unix sockets of the host are out of reach`() throws {
    let name = "doc-healing-test-\(getpid())"
    let scratch = try TemporaryDirectory()
    let server = try ChildProcess([
      "python3", "-c",
      """
      import socket, time
      a = socket.socket(socket.AF_UNIX); a.bind('\\0\(name)'); a.listen()
      b = socket.socket(socket.AF_UNIX); b.bind('\(scratch("s"))'); b.listen()
      print('ready', flush=True)
      time.sleep(600)
      """,
    ])
    defer { server.kill() }
    expectEventually("the server listens") { server.output.contains("ready") }
    let code = """
      import socket
      for name in ['\\0\(name)', '\(scratch("s"))']:
          try: socket.socket(socket.AF_UNIX).connect(name); print('connected')
          except OSError as e: print('refused')
      """
    #expect(try output(code) == "refused\nrefused\n")
  }

  @Test func `a fork bomb is contained`() throws {
    let code = """
      import os, time
      n = 0
      try:
          while n < 1000:
              if os.fork() == 0: time.sleep(600)
              n += 1
      except OSError: pass
      print(n)
      """
    let count = try #require(Int(output(code, limits: SandboxLimits(processes: 20)).split(separator: "\n")[0]))
    #expect((1...20).contains(count))
    let endless = try run("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", limits: SandboxLimits(time: .seconds(1)))
    #expect(endless.kill == .timeLimit)
  }

  @Test func `a memory bomb is contained, also one of many processes`() throws {
    let single = try run("x = bytearray(900 << 20); print(len(x))", limits: SandboxLimits(memory: 64 << 20, addressSpace: 256 << 20))
    #expect(single.exit == .status(1))
    #expect(String(decoding: single.errorOutput, as: UTF8.self).contains("MemoryError"))
    let many = """
      import os, time
      for _ in range(8): 
          if os.fork() == 0: x = b'x' * (20 << 20); time.sleep(600)
      time.sleep(600)
      """
    #expect(try run(many, limits: SandboxLimits(memory: 100 << 20)).kill == .memoryLimit)
  }

  @Test func `endless output ends`() throws {
    let result = try run("while True: print('x' * 1000)", limits: SandboxLimits(output: 50_000))
    #expect(result.kill == .outputLimit)
    #expect(result.output.count == 50_000)
  }

  @Test func `a full disk is the sandbox's own`() throws {
    let code = """
      import os
      def fill(folder):
          total = 0
          try:
              for n in range(100):
                  with open(f'{folder}/{n}', 'wb', buffering=0) as f:
                      for _ in range(8): total += f.write(b'x' * (1 << 20))
          except OSError as e: return os.strerror(e.errno), total >> 20
      print(fill('/tmp'), fill('/dev/shm'))
      """
    let said = try output(code, limits: SandboxLimits(temporary: 16 << 20))
    #expect(said == "('No space left on device', 16) ('No space left on device', 16)\n")
  }

  @Test func `a file stays below its limit, a sparse one too`() throws {
    let code = """
      import os, signal
      signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
      try: os.truncate(os.open('/tmp/x', os.O_CREAT | os.O_WRONLY), 1 << 40); print('made')
      except OSError as e: print(os.strerror(e.errno))
      """
    #expect(try output(code) == "File too large\n")
  }

  @Test func `the processor limit ends a busy program`() throws {
    let result = try run("while True: pass", limits: SandboxLimits(time: .seconds(30), processorTime: .seconds(1)))
    #expect(result.kill == nil)
    #expect(!result.succeeded)
  }

  @Test func `orphans do not outlive the run`() throws {
    let mark = "orphan-\(UInt32.random(in: 0 ... .max))"
    let code = """
      import os, sys, time
      if os.fork() == 0:
          os.setsid()
          if os.fork() == 0:
              os.closerange(0, 3)
              os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(600)', '\(mark)'])
          os._exit(0)
      os.wait()
      time.sleep(0.1)
      """
    _ = try output(code)
    expectEventually("no process of the run is left") { !processExists(mark) }
    // Nor when the run is ended from outside.
    let stuck = try run(code + "\nwhile True: pass", limits: SandboxLimits(time: .seconds(1)))
    #expect(stuck.kill == .timeLimit)
    expectEventually("no process of the killed run is left") { !processExists(mark) }
  }

  @Test func `stopping oneself does not outlast the time limit`() throws {
    let code = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    #expect(try run(code, limits: SandboxLimits(time: .seconds(1))).kill == .timeLimit)
  }

  @Test func `signals reach nobody outside`() throws {
    let code = """
      import os, signal
      print(os.getpid() < 10, os.getppid() < 10)
      os.kill(-1, signal.SIGTERM)
      """
    _ = try run("import os, signal; os.kill(os.getppid(), signal.SIGKILL); os.kill(1, signal.SIGKILL); print('alive')")
    #expect(String(decoding: try run(code).output, as: UTF8.self).hasPrefix("True True"))
  }

  @Test func `kernel settings cannot be written`() throws {
    let code = """
      import os
      for path in ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/sys/kernel/hostname', '/proc/1/oom_score_adj',
                   '/proc/self/uid_map', '/proc/kmsg', '/proc/1/mem']:
          try: os.write(os.open(path, os.O_WRONLY), b'0 0 1'); print('written', path)
          except OSError as e: print('refused')
      """
    let said = try output(code)
    #expect(!said.contains("written"), "\(said)")
  }

  @Test func `privileges cannot be had`() throws {
    let code = """
      import ctypes, os
      libc = ctypes.CDLL(None, use_errno=True)
      def attempt(name, *arguments):
          result = getattr(libc, name)(*arguments)
          print(name, 'refused' if result == -1 else 'done')
      attempt('unshare', 0x10000000)
      attempt('unshare', 0x00020000)
      attempt('mount', b'none', b'/tmp', b'tmpfs', 0, None)
      attempt('umount2', b'/usr', 2)
      attempt('setuid', 0)
      attempt('chroot', b'/tmp')
      attempt('ptrace', 16, 1, 0, 0)
      attempt('sethostname', b'x', 1)
      attempt('setns', 0, 0)
      attempt('keyctl', 0, 0) if hasattr(libc, 'keyctl') else None
      print([line for line in open('/proc/self/status') if line.startswith('CapEff')][0].split()[1].strip('0') == '')
      """
    let said = try output(code)
    // In a user namespace "root" is ourselves: setuid(0) may succeed there and gives nothing.
    #expect(!said.replacingSetuid.contains("done"), "\(said)")
    #expect(said.hasSuffix("True\n"))
  }

  @Test func `set-user-identity programs gain nothing`() throws {
    let code = """
      import subprocess
      print(subprocess.run(['su', '-c', 'id'], capture_output=True, stdin=subprocess.DEVNULL).returncode != 0)
      """
    #expect(try output(code) == "True\n")
  }

  @Test func `bytes that are no text come back as they are`() throws {
    #expect(try run("import sys; sys.stdout.buffer.write(bytes(range(256)))").output == (0...255).map { UInt8($0) })
  }

  @Test func `folders a thousand deep go away with it`() throws {
    #expect(try output("import os\nfor _ in range(1000): os.mkdir('d'); os.chdir('d')\nprint('made')") == "made\n")
  }

  @Test func `runs beside each other do not share the count of processes`() throws {
    let wrong = Monitor<[String]>([])
    let (sandbox, python) = (sandbox, python)
    let code = "import os, time\nfor _ in range(6):\n  if os.fork() == 0: time.sleep(0.3); os._exit(0)\nfor _ in range(6): os.wait()"
    let threads = try (0..<4).map { number in
      try OwnedThread(name: "sandbox \(number)") {
        let result = try? sandbox.run(python, ["-I", "-c", code], limits: SandboxLimits(processes: 9))
        if result?.succeeded != true { wrong.update { $0.append(String(decoding: result?.errorOutput ?? [], as: UTF8.self)) } }
      }
    }
    for thread in threads { thread.join() }
    #expect(wrong.withLock { $0 } == [])
  }

  @Test func `a runtime outside of usr is visible`() throws {
    // What a version manager would have installed: an interpreter with its own prefix, behind a shim.
    let scratch = try TemporaryDirectory()
    let root = scratch("manager")
    let script = "#!/bin/sh\necho \"tool $(cat \"$(dirname \"$0\")/../lib/data\") $1\"\n"
    try scratch.write("manager/versions/9.9/bin/tool", script, mode: 0o755)
    try scratch.write("manager/versions/9.9/lib/data", "found")
    try scratch.write("manager/version", "9.9\n")
    try scratch.write("manager/shims/tool", "#!/bin/sh\nexit 1\n", mode: 0o755)
    let tool = try #require(Runtime.find("tool", searchPath: "\(root)/shims:/usr/bin"))
    #expect(tool.installation == "\(root)/versions/9.9")
    let result = try sandbox.run(tool, ["argument"])
    #expect(String(decoding: result.output, as: UTF8.self) == "tool found argument\n")
    #expect(Runtime.find("no-such-tool") == nil)
    #expect(Runtime.find("sh", searchPath: "/usr/bin")?.installation == nil)
  }

  @Test func `cancellation ends a run`() throws {
    let cancellation = try Cancellation()
    let result = Monitor<ProcessResult.Kill?>(nil)
    let (sandbox, python) = (sandbox, python)
    let mark = "cancelled-\(UInt32.random(in: 0 ... .max))"
    let thread = try OwnedThread(name: "cancelled") {
      let limits = SandboxLimits(time: .seconds(60))
      let run = try? sandbox.run(python, ["-c", "import time; time.sleep(600)", mark], limits: limits, cancellation: cancellation)
      result.update { $0 = run?.kill }
    }
    expectEventually("it runs") { processExists(mark) }
    cancellation.cancel()
    thread.join()
    #expect(result.withLock { $0 } == .cancelled)
    expectEventually("it is gone") { !processExists(mark) }
  }
}

/// Whether a process of this machine has `mark` among its arguments.
private func processExists(_ mark: String) -> Bool {
  let pids = (try? namesInDirectory("/proc"))?.filter { Int($0) != nil && Int($0) != Int(getpid()) } ?? []
  return pids.contains { pid in
    guard let line = try? readFile("/proc/\(pid)/cmdline") else { return false }
    return line.split(separator: 0).last.map { String(decoding: $0, as: UTF8.self) } == mark
  }
}

extension String {
  fileprivate var replacingSetuid: String { split(separator: "\n").filter { !$0.hasPrefix("setuid") }.joined(separator: "\n") }
}
