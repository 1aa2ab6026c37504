// Documents to findings. In order: samples of all documents are judged, language by language, so that a tool starts once for many;
// then each rule sees each document; then what the author's markers silence is taken out, and named.

import Documents
import Domain
import SourceCode
import Threading

/// Checks documents, and single pieces of code. A value; use it from any thread.
public struct Validator: Sendable {
  private let allRules: [any Rule]
  private let rules: [any Rule]
  private let tools: (any ToolRunner)?
  private let threads: Int
  /// What the repository wants.
  public let configuration: ValidationConfiguration
  private let verdicts: any VerdictCache

  /// - Parameters:
  ///   - tools: nil leaves out what needs a tool, with one skip for each language.
  ///   - threads: how many work on one call of `check`.
  ///   - verdicts: what is kept of what tools said.
  public init(
    rules: [any Rule] = RuleRegistry.all, tools: (any ToolRunner)? = nil, threads: Int = 1,
    configuration: ValidationConfiguration = ValidationConfiguration(), verdicts: any VerdictCache = MemoryVerdictCache()
  ) {
    self.threads = threads
    allRules = rules
    self.rules = rules.filter(configuration.allows)
    self.tools = tools
    self.configuration = configuration
    self.verdicts = verdicts
  }

  /// The same validator for a repository that wants something else.
  public func configured(_ change: (inout ValidationConfiguration) -> Void) -> Validator {
    var configuration = configuration
    change(&configuration)
    return Validator(rules: allRules, tools: tools, threads: threads, configuration: configuration, verdicts: verdicts)
  }

  /// Checks documents against what a change did to the code; without an analysis only what needs none is found.
  /// Findings are sorted by path, place and rule; equal input gives equal results.
  /// - Parameters:
  ///   - resolver: of the head; where it is given, what it has read serves several checks.
  ///   - runner: runs the samples of languages whose level is `execute`; nil runs none.
  public func check(
    documents: [Document], analysis: ChangeAnalysis?, revisions: Revisions? = nil, resolver: Resolver? = nil, runner: SampleRunner? = nil
  ) -> CheckResult {
    var result = CheckResult(documents: documents.count)
    for document in documents { result.skips += document.skips }
    let syntax = judgeSamples(of: documents, &result)
    let resolver = resolver ?? revisions.map { Resolver($0.head.checkout) }
    let judged = parallelMap(documents, threads: threads, name: "rules") { document in
      var skips: [Skip] = []
      let executions = runner?.verdicts(of: document, &skips) ?? [:]
      let context = RuleContext(
        document: document, analysis: analysis, revisions: revisions, syntax: syntax[document.path] ?? [:], executions: executions,
        resolver: resolver, configuration: configuration)
      return (skips: skips, outcomes: rules.map { $0.judge(context) })
    }
    for (document, (skips, outcomes)) in zip(documents, judged) {
      result.skips += skips
      result.skips += outcomes.flatMap(\.skips)
      silence(Self.onePerName(outcomes.flatMap(\.findings)), in: document, &result)
    }
    result.skips += analysis?.skips ?? []
    result.finish()
    return result
  }

  /// Checks one piece of code that stands for itself, strictly: it is no fragment. Spans and positions are those of the code.
  /// Markdown is checked as a document.
  public func check(code: String, language: String, path: String) -> CheckResult {
    let name = language.isEmpty ? LanguageNames.language(ofPath: path) ?? "" : LanguageNames.normalized(language)
    if name == "markdown" { return check(markdown: code, path: path) }
    var result = CheckResult(documents: 1)
    let sample = Sample(code: Array(code.utf8), language: name, isWhole: true)
    guard let judge = judge(for: name) else {
      result.skips.append(Skip(path: path, reason: .unknownLanguage, detail: Self.unknown(name)))
      return result
    }
    result.samples = 1
    switch self.judge([sample], of: judge).first ?? .valid {
    case .valid: break
    case .unjudged(let reason, let detail): result.skips.append(Skip(path: path, reason: reason, detail: detail))
    case .broken(let problem): result.findings.append(SyntaxErrorRule.finding(problem, in: sample, path: path))
    }
    return result
  }

  private func check(markdown: String, path: String) -> CheckResult {
    switch Document.load(path: path, bytes: Array(markdown.utf8)) {
    case .document(let document): return check(documents: [document], analysis: nil)
    case .skipped(let skip): return CheckResult(skips: [skip])
    }
  }

  private static func unknown(_ name: String) -> String {
    let known = RuleRegistry.languages.flatMap(\.names).sorted().joined(separator: ", ")
    return "no syntax check for `\(name)`; there is one for \(known), markdown"
  }

  private func judge(for name: String) -> (any Language)? {
    configuration.judgesSamples(in: name) ? RuleRegistry.language(named: name) : nil
  }

  // MARK: Samples

  private struct Place {
    var document: Int
    var snippet: Int
  }

  /// Verdicts on samples of one language, in order; samples of one document follow each other.
  public func judge(_ samples: [Sample], of language: any Language) -> [SyntaxVerdict] {
    SampleJudge(language: language, tools: tools, cache: verdicts).judge(samples)
  }

  /// Verdicts by path and sample.
  private func judgeSamples(of documents: [Document], _ result: inout CheckResult) -> [String: [String: SyntaxVerdict]] {
    guard rules.contains(where: { $0 is SyntaxErrorRule }) else { return [:] }
    var byLanguage: [String: (samples: [Sample], places: [Place])] = [:]
    for (index, document) in documents.enumerated() {
      for (number, snippet) in document.snippets.enumerated() where isJudged(snippet, in: document) {
        guard let name = snippet.language, let judge = judge(for: name) else { continue }
        byLanguage[judge.name, default: ([], [])].samples.append(Sample(code: snippet.code, language: name, isWhole: false))
        byLanguage[judge.name]?.places.append(Place(document: index, snippet: number))
      }
    }
    var found: [String: [String: SyntaxVerdict]] = [:]
    let work = byLanguage.sorted { $0.key < $1.key }.compactMap { name, work in
      RuleRegistry.language(named: name).map { (language: $0, samples: work.samples, places: work.places) }
    }
    let judged = parallelMap(work, threads: threads, name: "samples") { judge($0.samples, of: $0.language) }
    for (work, answers) in zip(work, judged) {
      for (place, verdict) in zip(work.places, answers) {
        let document = documents[place.document]
        found[document.path, default: [:]][document.snippets[place.snippet].id] = verdict
      }
      note(zip(work.places, answers).map { (documents[$0.document], $0.snippet, $1) }, of: work.language, &result)
    }
    return found
  }

  private func isJudged(_ snippet: Snippet, in document: Document) -> Bool {
    // What AsciiDoc includes stands in another file.
    if document.format == .asciiDoc, snippet.code.contains(text: "include::") { return false }
    return !snippet.code.isEmpty && SampleExemptions.reason(snippet, in: document) == nil && !isMarked(snippet, in: document)
  }

  /// Whether the repository's own marker stands on the last line of text before the sample.
  private func isMarked(_ snippet: Snippet, in document: Document) -> Bool {
    guard let marker = configuration.ignoreMarker, !marker.isEmpty else { return false }
    var line = document.lines.lineNumber(of: snippet.span.start) - (snippet.kind == .fenced ? 2 : 1)
    while line > 0 {
      let text = document.text(document.lines.span(ofLine: line))
      if text.contains(marker) { return true }
      if text.contains(where: { !$0.isWhitespace }) { return false }
      line -= 1
    }
    return false
  }

  /// Counts what was judged and names what was not: a missing tool once for its language, a fragment nowhere (it is no lack).
  private func note(_ answers: [(Document, Int, SyntaxVerdict)], of language: any Language, _ result: inout CheckResult) {
    var missing: [Skip.Reason: (count: Int, detail: String)] = [:]
    for (document, number, verdict) in answers {
      guard case .unjudged(let reason, let detail) = verdict else {
        result.samples += 1
        continue
      }
      switch reason {
      case .toolMissing, .noSandbox: missing[reason, default: (0, detail)].count += 1
      case .fragment: result.fragments += 1
      default:
        let line = document.lines.lineNumber(of: document.snippets[number].span.start)
        result.skips.append(Skip(path: document.path, line: line, reason: reason, detail: detail))
      }
    }
    for (reason, entry) in missing.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let samples = entry.count == 1 ? "1 sample was" : "\(entry.count) samples were"
      result.skips.append(Skip(path: "", reason: reason, detail: "\(entry.detail): \(samples) not checked for \(language.name) syntax"))
    }
  }

  // MARK: Markers

  /// Without the findings of later rules on a name that an earlier rule found gone: a parameter is no configuration key as well.
  private static func onePerName(_ findings: [Finding]) -> [Finding] {
    var taken: [Finding] = []
    return findings.filter { finding in
      guard RuleRegistry.removedNameRules.contains(finding.rule) else { return true }
      if taken.contains(where: { $0.rule != finding.rule && $0.span.overlaps(finding.span) }) { return false }
      taken.append(finding)
      return true
    }
  }

  private func silence(_ findings: [Finding], in document: Document, _ result: inout CheckResult) {
    for finding in findings {
      let marker = document.ignores.first { $0.covers(finding.span) && $0.silences(rule: finding.rule, on: configuration.today) }
      guard let marker else {
        result.findings.append(finding)
        continue
      }
      let reason = marker.reason.map { ": \($0)" } ?? ""
      result.skips.append(
        Skip(
          path: document.path, line: finding.start.line, reason: .ignoredByMarker, detail: "\(finding.rule) on `\(finding.text)`\(reason)"))
    }
  }
}
