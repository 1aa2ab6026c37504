// Shell sessions (`$ command` and what came): one shell for a document, in the checkout. A command that fails says nothing of the
// document, and nothing after it is compared: it wanted something that is not there. One that succeeds and prints something else does.

import Domain

struct ShellRunner: LanguageRunner {
  func run(_ samples: [RunnableSample], _ context: ExecutionContext) -> [String: ExecutionVerdict] {
    var verdicts: [String: ExecutionVerdict] = [:]
    for sample in samples {
      guard let transcript = Transcript(sample.lines, .shell), transcript.entries.contains(where: { !$0.output.isEmpty }) else { continue }
      verdicts[sample.id] = run(transcript, sample, context)
    }
    return verdicts
  }

  private func run(_ transcript: Transcript, _ sample: RunnableSample, _ context: ExecutionContext) -> ExecutionVerdict {
    let mark = "end-of-command-\(UInt64.random(in: 0 ... .max))"
    let program = SampleProgram(
      tool: "bash", arguments: ["--noprofile", "--norc", "-c", Self.script(transcript, mark)], timeout: context.timeout(), language: "bash",
      dependencies: context.settings.dependencies)
    switch context.run(program) {
    case .failure(let obstacle): return obstacle.verdict
    case .success(let result):
      if result.status == SampleRunner.timedOut { return .unjudged(.timedOut, "its time was over") }
      return verdict(Self.answers(result.output, mark), transcript, sample)
    }
  }

  /// Each command is evaluated by the same shell, whatever it breaks; behind it stands a line with its number and status.
  private static func script(_ transcript: Transcript, _ mark: String) -> String {
    var script = "exec 2>&1 </dev/null; cd /checkout\n"
    for (number, entry) in transcript.entries.enumerated() {
      let command = entry.input.joined(separator: "\n").split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      script += "eval '\(command)'\nprintf '\\n\(mark) %d %d\\n' \(number) $?\n"
    }
    return script
  }

  private static func answers(_ output: [UInt8], _ mark: String) -> [(text: String, status: Int)] {
    var answers: [(text: String, status: Int)] = []
    var lines: [Substring] = []
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(mark) {
        answers.append((lines.joined(separator: "\n"), line.split(separator: " ").last.flatMap { Int($0) } ?? 1))
        lines = []
      } else {
        lines.append(line)
      }
    }
    return answers
  }

  private func verdict(_ answers: [(text: String, status: Int)], _ transcript: Transcript, _ sample: RunnableSample) -> ExecutionVerdict {
    let lines = sample.lines
    var changed: [ChangedOutput] = []
    for (number, entry) in transcript.entries.enumerated() {
      guard number < answers.count else { return .unjudged(.notExecuted, "the shell ended before `\(Self.short(entry))`") }
      let answer = answers[number]
      let expected = entry.output.map { $0 + "\n" }.joined()
      if !entry.output.isEmpty, OutputComparison.agrees(answer.text, with: expected) { continue }
      guard answer.status == 0 else { return .unjudged(.notExecuted, "`\(Self.short(entry))` ended with status \(answer.status)") }
      guard !entry.output.isEmpty, !answer.text.allSatisfy(\.isWhitespace) else { continue }
      let range = entry.outputLines.lowerBound..<entry.outputLines.lowerBound + entry.output.count
      let shown = ExpectedOutput(text: expected, place: .own(ExpectedOutput.bytes(ofLines: range, in: lines)), prefix: "")
      changed.append(shown.changed(to: answer.text))
    }
    return changed.isEmpty ? .passed : .differs(changed)
  }

  private static func short(_ entry: Transcript.Entry) -> String { OneLine.of(String((entry.input.first ?? "").prefix(60))) }
}
