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
    Continuations.forgive(judgeEach(samples), samples)
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
        !own.open.isEmpty && after.contains { balance($0)?.unexpected.isEmpty == false }
        || !own.unexpected.isEmpty && before.contains { balance($0)?.open.isEmpty == false }
      if continues { result[index] = .unjudged(.fragment, "the sample is continued in another one") }
    }
    return result
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
