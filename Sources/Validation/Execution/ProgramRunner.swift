// Whole programs in languages that are compiled, or that are run as a file: only those whose output the document shows. That one
// does not compile says nothing here (it may want a library); that it prints something else does.

import Domain

struct ProgramRunner: LanguageRunner {
  let language: String

  /// How a program of the language is built and run: `$1` is the tool; the program comes on standard input.
  private var recipe: (tool: String, script: String)? {
    switch language {
    case "c": ("cc", "cat >p.c && \"$1\" -std=gnu17 -o p p.c -lm && exec ./p")
    case "cpp": ("c++", "cat >p.cc && \"$1\" -o p p.cc && exec ./p")
    case "rust": ("rustc", "cat >p.rs && \"$1\" --edition 2021 -o p p.rs && exec ./p")
    case "swift": ("swiftc", "cat >p.swift && \"$1\" -o p p.swift && exec ./p")
    case "go": ("go", "cat >p.go && GOFLAGS=-mod=mod GOCACHE=/tmp/cache GOPROXY=off exec \"$1\" run p.go")
    case "ruby": ("ruby", "cat >p.rb && exec \"$1\" p.rb")
    default: nil
    }
  }

  private var isWhole: (RunnableSample) -> Bool {
    { [language] sample in
      switch language {
      case "c", "cpp": sample.text.contains("main(")
      case "rust": sample.text.contains("fn main(")
      case "go": sample.text.contains("package main") && sample.text.contains("func main(")
      default: true
      }
    }
  }

  func run(_ samples: [RunnableSample], _ context: ExecutionContext) -> [String: ExecutionVerdict] {
    guard let recipe else { return [:] }
    var verdicts: [String: ExecutionVerdict] = [:]
    for sample in samples where isWhole(sample) {
      guard let expected = sample.expected else { continue }
      let program = SampleProgram(
        tool: "sh", arguments: ["-c", recipe.script, "sh"], input: sample.code, timeout: context.timeout(compiled: language != "ruby"),
        language: language, companions: [recipe.tool])
      switch context.run(program) {
      case .failure(let obstacle): verdicts[sample.id] = obstacle.verdict
      case .success(let result): verdicts[sample.id] = verdict(result, expected)
      }
    }
    return verdicts
  }

  private func verdict(_ result: ToolResult, _ expected: ExpectedOutput) -> ExecutionVerdict {
    if result.status == SampleRunner.timedOut { return .unjudged(.timedOut, "its time was over") }
    let output = String(decoding: result.output, as: UTF8.self)
    if OutputComparison.agrees(output, with: expected.text) { return .passed }
    guard result.status == 0 else {
      let lines = String(decoding: result.errorOutput, as: UTF8.self).split(whereSeparator: \.isNewline)
      let reason = (lines.first { $0.contains("error") } ?? lines.first).map { OneLine.of(String($0)) } ?? "status \(result.status)"
      return .unjudged(.notExecuted, "it does not build or run here: \(reason)")
    }
    return .differs([expected.changed(to: output)])
  }
}
