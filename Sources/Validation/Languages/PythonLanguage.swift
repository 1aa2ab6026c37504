// Python samples, judged by python3 itself.

import Domain

struct PythonLanguage: Language {
  let name = "python"
  let names = ["python", "pycon", "ipython"]

  /// Samples to one start of the tool, and their bytes.
  private static let batch = 200
  private static let batchBytes = 1 << 20
  /// A batch that fails is halved until the sample that breaks the tool stands alone; so often at most.
  private static let failuresAllowed = 40

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] {
    guard let tools else { return samples.map { _ in .unjudged(.toolMissing, "python3 cannot be started here") } }
    var run = Run(samples: samples, checker: PythonChecker(tools: tools))
    return run.verdicts()
  }

  /// The work on one list of samples.
  private struct Run {
    struct Item {
      var index: Int
      var readings: [PythonReading]
      var bytes: Int
    }

    let samples: [Sample]
    let checker: PythonChecker
    var failures = 0
    /// What every further start would meet as well.
    var obstacle: SyntaxVerdict?
    var results: [SyntaxVerdict]

    init(samples: [Sample], checker: PythonChecker) {
      self.samples = samples
      self.checker = checker
      results = samples.map { _ in .valid }
    }

    mutating func verdicts() -> [SyntaxVerdict] {
      var items: [Item] = []
      var bytes = 0
      for index in samples.indices {
        guard let item = prepare(index) else { continue }
        if !items.isEmpty, items.count >= PythonLanguage.batch || bytes + item.bytes > PythonLanguage.batchBytes {
          judge(items[...])
          (items, bytes) = ([], 0)
        }
        items.append(item)
        bytes += item.bytes
      }
      judge(items[...])
      return results
    }

    private mutating func prepare(_ index: Int) -> Item? {
      let sample = samples[index]
      guard sample.text != nil else {
        results[index] = .unjudged(.notText, "the sample is not UTF-8")
        return nil
      }
      guard sample.code.count <= PythonLanguage.batchBytes else {
        results[index] = .unjudged(.tooLarge, "the sample has more than \(PythonLanguage.batchBytes) bytes")
        return nil
      }
      switch PythonFragments.readings(of: sample) {
      case .success(let readings): return Item(index: index, readings: readings, bytes: sample.code.count * readings.count)
      case .failure(let reason):
        results[index] = .unjudged(.fragment, reason.detail)
        return nil
      }
    }

    private mutating func judge(_ items: ArraySlice<Item>) {
      guard !items.isEmpty else { return }
      if let obstacle { return items.forEach { results[$0.index] = obstacle } }
      do {
        let requests = items.map { PythonChecker.Request.Item(readings: $0.readings.map(\.text), whole: samples[$0.index].isWhole) }
        for (item, answer) in zip(items, try checker.answers(requests)) { results[item.index] = verdict(answer, item) }
      } catch {
        recover(items, error)
      }
    }

    private mutating func recover(_ items: ArraySlice<Item>, _ error: ToolError) {
      failures += 1
      switch error {
      case .missing(let tool): obstacle = .unjudged(.toolMissing, "\(tool) is not installed")
      case .noSandbox: obstacle = .unjudged(.noSandbox, "\(PythonChecker.tool) was not started: there is no sandbox")
      case .timedOut, .failed:
        let middle = items.startIndex + items.count / 2
        if items.count > 1, failures <= PythonLanguage.failuresAllowed {
          judge(items[..<middle])
          return judge(items[middle...])
        }
      }
      let reason: Skip.Reason = error == .timedOut ? .timedOut : .fragment
      let verdict = obstacle ?? .unjudged(reason, "python3 does not come to an end with this sample")
      for item in items { results[item.index] = verdict }
    }

    private func verdict(_ answer: PythonChecker.Answer, _ item: Item) -> SyntaxVerdict {
      if let reason = answer.unjudged { return .unjudged(.tooLarge, "python3 cannot compile the sample: \(reason)") }
      guard let message = answer.message, let line = answer.line else { return .valid }
      let sample = samples[item.index]
      let reading = item.readings[0]
      if !sample.isWhole, let reason = PythonDoubts.reason(message: message, line: line, in: reading, sample) {
        return .unjudged(.fragment, reason)
      }
      return .broken(SyntaxProblem(range: place(answer, line, reading, in: sample), message: message))
    }

    /// From a line and columns of the first reading to bytes of the sample.
    private func place(_ answer: PythonChecker.Answer, _ line: Int, _ reading: PythonReading, in sample: Sample) -> Range<Int> {
      let lines = LineIndex(sample.code)
      let number = min(max(1, line - reading.linesBefore), lines.starts.count)
      let whole = lines.span(ofLine: number)
      let end = whole.end - (whole.count > 0 && sample.code[whole.end - 1] == 0x0A ? 1 : 0)
      let removed = reading.removed.indices.contains(number - 1) ? reading.removed[number - 1] : 0
      let start = min(end, whole.start + removed + (answer.start ?? 0))
      let stop = min(end, whole.start + removed + (answer.end ?? 0))
      return start..<max(start, stop > start ? stop : min(end, start + 1))
    }
  }
}

/// When a reading's error is more likely a way of writing than a mistake.
enum PythonDoubts {
  static func reason(message: String, line: Int, in reading: PythonReading, _ sample: Sample) -> String? {
    if message.hasPrefix("expected an indented block") || message.contains("indent") { return "the sample leaves lines out" }
    let text = reading.lines.indices.contains(line - 1) ? String(decoding: reading.lines[line - 1], as: UTF8.self) : ""
    if text.contains("...") || text.contains("…") || text.contains("<") && text.contains(">") { return "the line leaves something out" }
    if isNewerSyntax(text) { return "the line may be in a newer Python" }
    return nil
  }

  /// Statements that Python learned after 3.10: the tool here may be older than the sample.
  private static func isNewerSyntax(_ line: String) -> Bool {
    let text = line.drop { $0 == " " }
    if text.hasPrefix("type ") || text.hasPrefix("match ") || text.hasPrefix("except*") || text.hasPrefix("except ") { return true }
    guard text.hasPrefix("def ") || text.hasPrefix("class ") || text.hasPrefix("async def ") else {
      return text.contains("t\"") || text.contains("f\"")
    }
    return text.contains("[") && (text.firstIndex(of: "[") ?? text.endIndex) < (text.firstIndex(of: "(") ?? text.endIndex)
  }
}
