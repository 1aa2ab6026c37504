// Between the validator and a language: looks for kept verdicts first, and looks at a document's samples together last, because one
// program is often shown in several samples.

import Domain
import SourceCode

/// Judges samples of one language, with what is known already.
struct SampleJudge {
  let language: any Language
  let tools: (any ToolRunner)?
  let cache: any VerdictCache

  /// One verdict for each sample, in order. Samples of one document follow each other.
  func judge(_ samples: [Sample]) -> [SyntaxVerdict] {
    let verdicts = zip(judgeEach(samples), samples).map { verdict, sample in
      guard case .broken = verdict, !sample.isWhole, Self.hasFence(sample) else { return verdict }
      return .unjudged(.fragment, "the sample contains a fence: where it ends is not certain")
    }
    return Continuations.forgive(verdicts, samples)
  }

  /// A line that opens or closes a sample, within the sample.
  private static func hasFence(_ sample: Sample) -> Bool {
    sample.code.split(separator: 0x0A).contains { LineText.trimmed(Array($0)).starts(with: "```".utf8) }
  }

  private func judgeEach(_ samples: [Sample]) -> [SyntaxVerdict] {
    guard let tool = language.tool, let version = tools?.version(of: tool) else { return language.judge(samples, tools: tools) }
    let keys = samples.map { VerdictKey($0, language: language.name, tool: "\(version) \(language.revision)") }
    var verdicts = keys.map(cache.verdict)
    let unknown = verdicts.indices.filter { verdicts[$0] == nil }
    for (index, verdict) in zip(unknown, language.judge(unknown.map { samples[$0] }, tools: tools)) {
      verdicts[index] = verdict
      if Self.lasts(verdict) { cache.store(verdict, keys[index]) }
    }
    return verdicts.map { $0 ?? .valid }
  }

  /// What says something about the sample and not about the hour.
  private static func lasts(_ verdict: SyntaxVerdict) -> Bool {
    guard case .unjudged(let reason, _) = verdict else { return true }
    return reason == .fragment || reason == .tooLarge || reason == .notText
  }
}

/// A program that is cut into several samples: one opens a block, a later one closes it.
enum Continuations {
  /// How many samples further the other half may stand.
  private static let reach = 6

  static func forgive(_ verdicts: [SyntaxVerdict], _ samples: [Sample]) -> [SyntaxVerdict] {
    var balances: [Int: BracketBalance?] = [:]
    func balance(_ index: Int) -> BracketBalance? {
      if let known = balances[index] { return known }
      let found = samples[index].balance
      balances[index] = .some(found)
      return found
    }
    var result = verdicts
    for index in verdicts.indices {
      guard case .broken = verdicts[index], !samples[index].isWhole, let own = balance(index) else { continue }
      let after = (index + 1)..<min(samples.count, index + 1 + reach)
      let before = max(0, index - reach)..<index
      let continues =
        after.contains { other in balance(other).map { joins(own, samples[index], $0, samples[other]) } ?? false }
        || before.contains { other in balance(other).map { joins($0, samples[other], own, samples[index]) } ?? false }
      if continues { result[index] = .unjudged(.fragment, "the sample is continued in another one") }
    }
    return result
  }

  /// Whether the first closing bracket that the later sample has too much closes the last one that the earlier sample leaves open.
  private static func joins(_ earlier: BracketBalance, _ first: Sample, _ later: BracketBalance, _ second: Sample) -> Bool {
    guard let open = earlier.open.last, let close = later.unexpected.first else { return false }
    return second.code[close] == first.code[open] + (first.code[open] == UInt8(ascii: "(") ? 1 : 2)
  }
}

extension SourceLanguage {
  /// The language of a sample's normalised name.
  init?(sampleLanguage name: String) {
    switch name {
    case "jsx": self = .javascript
    case "tsx": self = .typescript
    default: self.init(rawValue: name)
    }
  }
}

extension Sample {
  /// Its brackets; nil when its language has no lexer.
  var balance: BracketBalance? { SourceLanguage(sampleLanguage: language).map { BracketBalance(code, $0) } }
}
