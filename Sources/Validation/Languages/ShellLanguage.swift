// Shell samples and console sessions. Most are plain commands, recognised in process; the others are read by bash itself, many to one
// start of it, and executed never.
//
// A fragment is read with its placeholders filled, and called broken only where the mistake is certain (`ShellDoubts`).

import Domain

struct ShellLanguage: Language {
  let name = "bash"
  let names = ["bash", "console"]

  /// Samples to one start of the tool, and their bytes.
  private static let batch = 200
  private static let batchBytes = 1 << 19
  /// A batch that fails is halved until the sample that breaks the tool stands alone; so often at most.
  private static let failuresAllowed = 20

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] {
    var run = Run(samples: samples, checker: tools.map { ShellChecker(tools: $0) })
    return run.verdicts()
  }

  /// The work on one list of samples.
  private struct Run {
    struct Item {
      var index: Int
      var reading: ShellReading
    }

    let samples: [Sample]
    let checker: ShellChecker?
    var failures = 0
    /// What every further start would meet as well.
    var obstacle: SyntaxVerdict?
    var results: [SyntaxVerdict]

    init(samples: [Sample], checker: ShellChecker?) {
      self.samples = samples
      self.checker = checker
      results = samples.map { _ in .valid }
      if checker == nil { obstacle = .unjudged(.toolMissing, "bash cannot be started here") }
    }

    mutating func verdicts() -> [SyntaxVerdict] {
      let items = samples.indices.compactMap { prepare($0) }
      judge(items)
      secondReadings(of: items)
      return results
    }

    private mutating func prepare(_ index: Int) -> Item? {
      let sample = samples[index]
      guard sample.text != nil, !sample.code.contains(0) else {
        results[index] = .unjudged(.notText, "the sample is not text")
        return nil
      }
      guard sample.code.count <= ShellLanguage.batchBytes else {
        results[index] = .unjudged(.tooLarge, "the sample has more than \(ShellLanguage.batchBytes) bytes")
        return nil
      }
      guard let reading = ShellReadings.first(of: sample) else {
        results[index] = .unjudged(.fragment, "the sample is no shell text")
        return nil
      }
      return PlainCommands.surelyParse(reading.code) ? nil : Item(index: index, reading: reading)
    }

    /// What did not parse in the first reading, in the others; the verdict of the first one stands where none parses.
    private mutating func secondReadings(of items: [Item]) {
      var others: [Item] = []
      for item in items where !samples[item.index].isWhole {
        guard case .broken = results[item.index] else { continue }
        if let reading = ShellReadings.branches(item.reading) { others.append(Item(index: item.index, reading: reading)) }
      }
      let first = results
      judge(others)
      for item in others where results[item.index] != .valid { results[item.index] = first[item.index] }
    }

    // MARK: Batches

    private mutating func judge(_ items: [Item]) {
      var start = 0
      var bytes = 0
      for (place, item) in items.enumerated() {
        let size = samples[item.index].code.count
        if place > start, place - start >= ShellLanguage.batch || bytes + size > ShellLanguage.batchBytes {
          ask(items[start..<place])
          (start, bytes) = (place, 0)
        }
        bytes += size
      }
      ask(items[start...])
    }

    private mutating func ask(_ items: ArraySlice<Item>) {
      guard !items.isEmpty else { return }
      guard let checker, obstacle == nil else { return items.forEach { results[$0.index] = obstacle ?? .valid } }
      do {
        for (item, answer) in zip(items, try checker.answers(items.map(\.reading.code))) { results[item.index] = verdict(answer, item) }
      } catch {
        recover(items, error)
      }
    }

    private mutating func recover(_ items: ArraySlice<Item>, _ error: ToolError) {
      failures += 1
      switch error {
      case .missing(let tool): obstacle = .unjudged(.toolMissing, "\(tool) is not installed")
      case .noSandbox: obstacle = .unjudged(.noSandbox, "\(ShellChecker.tool) was not started: there is no sandbox")
      case .timedOut, .failed:
        let middle = items.startIndex + items.count / 2
        if items.count > 1, failures <= ShellLanguage.failuresAllowed {
          ask(items[..<middle])
          return ask(items[middle...])
        }
      }
      let verdict = obstacle ?? .unjudged(.timedOut, "bash does not come to an end with this sample")
      for item in items { results[item.index] = verdict }
    }

    // MARK: Verdicts

    private func verdict(_ answer: ShellChecker.Answer, _ item: Item) -> SyntaxVerdict {
      switch answer {
      case .valid: return .valid
      case .tooHard: return .unjudged(.tooLarge, "bash cannot read the sample")
      case .broken(let line, let message):
        let sample = samples[item.index]
        let number = min(max(1, line - item.reading.linesBefore), max(1, item.reading.lines.count))
        let doubts = ShellDoubts(reading: item.reading, line: number, message: message)
        if !sample.isWhole {
          if let reason = doubts.reason { return .unjudged(.fragment, reason) }
          if sample.hasTemplateMarks || sample.hasElision { return .unjudged(.fragment, "the sample leaves something out") }
        }
        return .broken(SyntaxProblem(range: doubts.range, message: doubts.explanation))
      }
    }
  }
}
