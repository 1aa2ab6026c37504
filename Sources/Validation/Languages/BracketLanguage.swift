// Languages that no affordable tool judges: what a compiler says of a fragment of C is mostly about names that stand elsewhere. Their
// samples are judged in process by what cannot be a way of writing: brackets that cross, close nothing or are never closed.

import Domain
import SourceCode

/// A language whose samples are judged by their brackets alone.
struct BracketLanguage: Language {
  let name: String
  private let source: SourceLanguage

  init(_ source: SourceLanguage) {
    name = source.rawValue
    self.source = source
  }

  var names: [String] { [name] }

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] { samples.map(judge) }

  private func judge(_ sample: Sample) -> SyntaxVerdict {
    guard sample.text != nil else { return .unjudged(.notText, "the sample is not UTF-8") }
    let balance = BracketBalance(sample.code, source)
    if balance.isUnknown { return .unjudged(.tooLarge, "the sample has too many words") }
    guard let problem = Self.problem(balance, sample) else { return .valid }
    let isOpen = balance.crossed == nil && balance.unexpected.isEmpty
    if !sample.isWhole, isOpen, Doubts.breaksOff(sample, Reading(literal: sample), Self.style) {
      return .unjudged(.fragment, "the sample breaks off")
    }
    if !sample.isWhole, let reason = doubt(problem, sample) { return .unjudged(.fragment, reason) }
    return .broken(problem)
  }

  private static func problem(_ balance: BracketBalance, _ sample: Sample) -> SyntaxProblem? {
    func mark(_ offset: Int) -> String { String(decoding: [sample.code[offset]], as: UTF8.self) }
    if let crossed = balance.crossed {
      return SyntaxProblem(
        range: crossed.close..<(crossed.close + 1), message: "`\(mark(crossed.close))` does not close `\(mark(crossed.open))`")
    }
    if let offset = balance.unexpected.first {
      return SyntaxProblem(range: offset..<(offset + 1), message: "`\(mark(offset))` closes nothing")
    }
    guard let offset = balance.open.last else { return nil }
    return SyntaxProblem(range: offset..<(offset + 1), message: "`\(mark(offset))` is never closed")
  }

  private func doubt(_ problem: SyntaxProblem, _ sample: Sample) -> String? {
    let reading = Reading(literal: sample)
    let line = LineIndex(sample.code).lineNumber(of: problem.range.lowerBound)
    let complaint = Complaint(reading: 0, line: line, start: nil, end: nil, message: problem.message)
    if sample.hasElision || sample.contains("// ..") { return "the sample leaves something out" }
    return Doubts.reason(SampleComplaint(complaint, reading, in: sample), in: sample, style: Self.style)
  }

  private static let style = FragmentStyle(wraps: [Wrap()])
}
