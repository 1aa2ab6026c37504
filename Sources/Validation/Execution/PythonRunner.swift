// Python samples: one start of python3 for a document. Samples share their names in the order of the document, as its reader's session
// would; a session (`>>>`) is read as doctest reads it.

import Domain
import FoundationEssentials

struct PythonRunner: LanguageRunner {
  struct Request: Encodable {
    struct Item: Encodable {
      var code: String
      var isSession: Bool
      var expected: String?
      var isIsolated: Bool
    }
    /// Folders to import from.
    var paths: [String]
    /// The repository's own top-level packages.
    var own: [String]
    var seconds: Int
    var samples: [Item]
  }

  struct Answer: Decodable, Hashable {
    /// `passed`, `failed`, `differs`, `unjudged`.
    var state: String
    /// From 0: where it failed.
    var line: Int?
    var message: String?
    /// What a script printed.
    var got: String?
    /// The answers of a session that are not the shown ones.
    var places: [Place]?

    struct Place: Decodable, Hashable {
      /// From 0: where the shown answer begins.
      var line: Int
      var count: Int
      var got: String
    }
  }

  func run(_ samples: [RunnableSample], _ context: ExecutionContext) -> [String: ExecutionVerdict] {
    let packages = context.resolver.pythonPackages
    let seconds = Int(context.timeout().components.seconds)
    let folders = Set(packages.map(\.folder)).sorted().map { $0.isEmpty ? "/checkout" : "/checkout/\($0)" }
    let request = Request(
      paths: folders + ["/dependencies"], own: packages.map(\.name), seconds: seconds,
      samples: samples.map {
        .init(code: $0.text, isSession: Self.isSession($0), expected: $0.expected?.text, isIsolated: $0.isIsolated)
      })
    guard let input = try? JSONEncoder().encode(request) else { return [:] }
    let whole = Duration.seconds(min(600, seconds * min(samples.count, 12) + 5))
    let program = SampleProgram(
      tool: "python3", arguments: ["-I", "-B", "-W", "ignore", "-c", PythonDriver.program], input: [UInt8](input), timeout: whole,
      language: "python", dependencies: context.settings.dependencies)
    switch context.run(program) {
    case .failure(let obstacle): return samples.reduce(into: [:]) { $0[$1.id] = obstacle.verdict }
    case .success(let result): return read(result, samples)
    }
  }

  private static func isSession(_ sample: RunnableSample) -> Bool { sample.lines.contains { $0.drop { $0 == " " }.hasPrefix(">>> ") } }

  /// One answer a line, as far as it came.
  private func read(_ result: ToolResult, _ samples: [RunnableSample]) -> [String: ExecutionVerdict] {
    let decoder = JSONDecoder()
    let answers = result.output.split(separator: 0x0A).map { try? decoder.decode(Answer.self, from: Data($0)) }
    var verdicts: [String: ExecutionVerdict] = [:]
    for (number, sample) in samples.enumerated() {
      if number < answers.count, let answer = answers[number] {
        verdicts[sample.id] = verdict(answer, sample)
      } else {
        let isLate = result.status == SampleRunner.timedOut
        verdicts[sample.id] = .unjudged(isLate ? .timedOut : .notExecuted, isLate ? "its time was over" : "python3 ended before it")
      }
    }
    return verdicts
  }

  private func verdict(_ answer: Answer, _ sample: RunnableSample) -> ExecutionVerdict? {
    let lines = sample.lines
    switch answer.state {
    case "passed": return .passed
    case "failed":
      let line = min(max(0, answer.line ?? 0), max(0, lines.count - 1))
      return .failed(
        ExecutionProblem(
          range: ExpectedOutput.bytes(ofLines: line..<line + 1, in: lines), message: OneLine.of(answer.message ?? "it fails")))
    case "differs":
      let places = (answer.places ?? []).filter { $0.line >= 0 && $0.count > 0 && $0.line + $0.count <= lines.count }
      if !places.isEmpty { return .differs(places.map { session($0.got, $0.line..<$0.line + $0.count, lines) }) }
      guard let expected = sample.expected, let got = answer.got else { return nil }
      return .differs([expected.changed(to: got)])
    default: return .unjudged(.notExecuted, OneLine.of(answer.message ?? "it did not run"))
    }
  }

  /// The answer of a session, with the blanks that stand before the shown one.
  private func session(_ got: String, _ range: Range<Int>, _ lines: [String]) -> ChangedOutput {
    let shown = lines[range].map { $0 + "\n" }.joined()
    let indentation = String(lines[range.lowerBound].prefix { $0 == " " }.prefix(40))
    let expected = ExpectedOutput(
      text: shown, place: .own(ExpectedOutput.bytes(ofLines: range, in: lines)),
      prefix: lines[..<range.lowerBound].last.map { $0.hasPrefix(indentation) } == true ? indentation : "")
    // An empty line would end the answer.
    let lines = got.split(separator: "\n", omittingEmptySubsequences: false).dropLast(got.hasSuffix("\n") ? 1 : 0)
    return expected.changed(to: lines.map { $0.isEmpty ? "<BLANKLINE>" : String($0) }.joined(separator: "\n"))
  }
}

extension ExpectedOutput {
  /// What came, made ready to stand in the shown output's place.
  func changed(to got: String) -> ChangedOutput {
    var lines = got.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while lines.last?.allSatisfy({ $0 == " " || $0 == "\r" }) == true { lines.removeLast() }
    let marked = lines.map { line in
      let whole = prefix + line
      return line.isEmpty ? String(prefix.reversed().drop { $0 == " " }.reversed()) : whole
    }
    let isSafe = got.utf8.count <= 4000 && !lines.isEmpty && !got.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }
    return ChangedOutput(
      place: place, expected: text, actual: marked.joined(separator: "\n"), isRepeatable: isSafe && !OutputComparison.isLoose(text))
  }
}

/// Foreign words as one line that can be shown.
enum OneLine {
  static func of(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init).prefix(200))
  }
}
