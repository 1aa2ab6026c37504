import Domain
import Glibc
import TestSupport
import Testing
import Threading

@testable import Workspace

@Suite struct SubprocessTests {
  private func shell(_ script: String, input: [UInt8] = [], _ limits: ProcessLimits = ProcessLimits()) throws -> ProcessResult {
    try Subprocess.run(Command("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"], input: input, limits: limits))
  }

  @Test func `status, output and errors come back`() throws {
    let result = try shell("echo out; echo err >&2; exit 7")
    #expect(result.exit == .status(7))
    #expect(result.output == Array("out\n".utf8))
    #expect(result.errorOutput == Array("err\n".utf8))
    #expect(!result.succeeded)
    #expect(try shell("kill -TERM $$").exit == .signal(SIGTERM))
  }

  @Test func `the environment is exactly what was given`() throws {
    let result = try Subprocess.run(Command("/usr/bin/env", environment: ["ONLY": "this"]))
    #expect(result.output == Array("ONLY=this\n".utf8))
  }

  @Test func `arguments are never read by a shell`() throws {
    let result = try Subprocess.run(Command("/usr/bin/printf", ["%s|", "$(id)", "a b", "*", "", "'\""]))
    #expect(String(decoding: result.output, as: UTF8.self) == "$(id)|a b|*||'\"|")
    #expect { try Subprocess.run(Command("/bin/true", ["a\u{0}b"])) } throws: { ($0 as? WorkspaceError)?.code == .cannotStart }
  }

  @Test func `a program that is missing is said to be`() {
    #expect { try Subprocess.run(Command("/nonexistent/tool")) } throws: { ($0 as? WorkspaceError)?.code == .toolMissing }
  }

  @Test func `more input and output than any pipe holds go through together`() throws {
    forAll(cases: 100) { random in
      let input = random.bytes(count: random.int(in: 0...400_000))
      let result = try Subprocess.run(Command("/bin/cat", input: input))
      try #require(result.output == input)
    }
  }

  @Test func `a program that does not read its input does not hurt us`() throws {
    let result = try shell("exit 0", input: [UInt8](repeating: 65, count: 1 << 20))
    #expect(result.succeeded)
  }

  @Test func `endless output ends at the limit`() throws {
    let result = try shell("yes", ProcessLimits(output: 100_000))
    #expect(result.kill == .outputLimit)
    #expect(result.output.count == 100_000)
  }

  @Test func `endless errors are cut, and the time limit holds`() throws {
    let result = try shell("yes >&2", ProcessLimits(time: .milliseconds(300), errorOutput: 1000))
    #expect(result.kill == .timeLimit)
    #expect(result.errorOutput.count == 1000)
  }

  @Test func `output of exactly the limit is fine`() throws {
    let result = try shell("printf 12345", ProcessLimits(output: 5))
    #expect(result.succeeded)
    #expect(try shell("printf 123456", ProcessLimits(output: 5)).kill == .outputLimit)
  }

  @Test func `the time limit kills the whole group`() throws {
    let scratch = try TemporaryDirectory()
    let result = try shell("sleep 600 & echo $! > \(scratch("pid")); wait", ProcessLimits(time: .milliseconds(300)))
    #expect(result.kill == .timeLimit)
    #expect(result.exit == .signal(SIGKILL))
    let pid = try #require(pid_t(try scratch.read("pid").split(separator: "\n").first ?? ""))
    expectEventually("the grandchild ends") { kill(pid, 0) != 0 || isZombie(pid) }
  }

  @Test func `a stopped program is killed all the same`() throws {
    #expect(try shell("kill -STOP $$", ProcessLimits(time: .milliseconds(300))).kill == .timeLimit)
  }

  @Test func `a stray descendant that keeps the output open does not hold us`() throws {
    let result = try shell("sleep 600 & echo done", ProcessLimits(time: .seconds(60)))
    #expect(result.succeeded)
    #expect(result.output == Array("done\n".utf8))
    #expect(result.duration < .seconds(30))
  }

  @Test func `a program that closed its output is still waited for`() throws {
    #expect(try shell("exec >&- 2>&-; sleep 0.1; exit 5").exit == .status(5))
  }

  @Test func `cancellation from another thread ends it`() throws {
    let cancellation = try Cancellation()
    let command = Command("/bin/sleep", ["600"])
    let scratch = Monitor<ProcessResult?>(nil)
    let thread = try OwnedThread(name: "runner") {
      let result = try? Subprocess.run(command, cancellation: cancellation)
      scratch.update { $0 = result }
    }
    cancellation.cancel()
    thread.join()
    // Cancelled while it ran, or before it was started.
    #expect(scratch.withLock { $0 == nil || $0?.kill == .cancelled })
    #expect { try Subprocess.run(command, cancellation: cancellation) } throws: { ($0 as? WorkspaceError)?.code == .cancelled }
  }

  @Test func `a child has no descriptor but its three`() throws {
    // One that is not close-on-exec, as a careless library would leave it.
    let careless = open("/etc/hostname", O_RDONLY)
    defer { close(careless) }
    let result = try Subprocess.run(Command("/bin/ls", ["/proc/self/fd"]))
    // The fourth is the folder that ls itself has open.
    #expect(String(decoding: result.output, as: UTF8.self).split(separator: "\n").count == 4)
  }

  @Test func `descriptors are not leaked`() throws {
    // Other tests run beside this one, so it is counted in a process of its own kind: the ends of our own pipes.
    let pipe = try Workspace.Pipe()
    let numbers = [pipe.reading.number, pipe.writing.number]
    pipe.reading.close()
    pipe.writing.close()
    #expect(numbers.allSatisfy { $0 >= 16 })
    #expect(pipe.reading.number == -1)
  }

  @Test func `many threads run programs at once`() throws {
    let failures = Monitor(0)
    let threads = try (0..<8).map { number in
      try OwnedThread(name: "runner \(number)") {
        for turn in 0..<20 {
          let text = Array("\(number) \(turn)".utf8)
          let result = try? Subprocess.run(Command("/bin/cat", input: text))
          if result?.output != text { failures.update { $0 += 1 } }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == 0)
  }

  @Test(arguments: [
    ("cannot access 'https://user:s3cret@example.org/r.git/': oops", "cannot access 'https://example.org/r.git/': oops"),
    ("a\u{1B}[31mred\u{7}\nb\r\n\n", "a [31mred; b"),
    ("https://token@h/x and ssh://git@h/y", "https://h/x and ssh://h/y"),
    ("x\u{202E}evil", "x evil"),
  ])
  func `foreign words are made fit to print`(words: String, shown: String) {
    #expect(sanitized(Array(words.utf8)) == shown)
  }

  private func isZombie(_ pid: pid_t) -> Bool {
    ((try? readFile("/proc/\(pid)/stat")).map { String(decoding: $0, as: UTF8.self) } ?? ") Z").contains(") Z")
  }
}
