// Validation and healing of single snippets and files, as the API asks for them: the same validator, strategies and verifier
// as a run's, without a repository.

import Documents
import Domain
import Healing
import Queue
import Threading
import Validation

/// A validation or healing result, as DESIGN section 6 gives its JSON.
struct TaskResult: Encodable {
  var valid: Bool
  var language: String
  var level: String
  var findings: [Item]
  var skips: [Skipped]
  var duration_ms: Int64
  var healed: Bool?
  var healed_code: String?
  var healed_content: String?
  var fixes: [Repair]?
  var confidence: Double?
  var snippet_id: String?
  /// One for each snippet of `validation_results`.
  var snippets: [TaskResult]?

  struct Item: Encodable {
    var rule: String
    var severity: Severity
    var line: Int
    var column: Int
    var end_line: Int
    var end_column: Int
    var message: String

    init(_ finding: Finding) {
      rule = finding.rule
      severity = finding.severity
      line = finding.start.line
      column = finding.start.column
      end_line = finding.end.line
      end_column = finding.end.column
      message = finding.message
    }
  }

  struct Skipped: Encodable {
    var line: Int?
    var reason: String
    var detail: String?
  }

  struct Repair: Encodable {
    var strategy: String
    var rule: String
    var line: Int
    var before: String
    var after: String
    var applicability: Applicability
    var confidence: Double
    var evidence: [String]

    init(_ fix: Fix) {
      strategy = fix.strategy
      rule = fix.finding.rule
      line = fix.finding.start.line
      before = fix.edits.map(\.expected).joined(separator: " … ")
      after = fix.edits.map(\.replacement).joined(separator: " … ")
      applicability = fix.applicability
      confidence = fix.confidence
      evidence = fix.evidence.map(\.statement)
    }
  }
}

/// Does the jobs of the API.
public struct SnippetJobs: Sendable {
  let engine: Engine

  public init(engine: Engine) { self.engine = engine }

  /// Runs one job; its result is the JSON of a `TaskResult`.
  func run(_ job: NewJob) throws -> JobOutcome {
    let input = try JSONText.decode(TaskInput.self, from: job.payload)
    let began = monotonicNow()
    let heals = job.function == .healSnippet || job.function == .healFile
    var result: TaskResult
    if let snippets = input.results, input.content == nil {
      result = try together(
        snippets.map { try snippet($0.code ?? "", $0.language ?? "", id: $0.snippet_id, path: input.path, heals: true) })
    } else if let code = input.code {
      result = try snippet(code, input.language ?? "", id: input.snippetID, path: input.path, heals: heals)
    } else {
      result = try file(input.content ?? "", path: input.path, heals: heals)
    }
    result.duration_ms = (monotonicNow() - began).inMilliseconds
    return .completed(result: try JSONText.encode(result))
  }

  /// A whole file: a document with its snippets, or a file of code.
  private func file(_ content: String, path: String, heals: Bool) throws -> TaskResult {
    guard DocumentSelection.format(ofPath: path) != nil || LanguageNames.language(ofPath: path) == nil else {
      var result = try snippet(content, LanguageNames.language(ofPath: path) ?? "", id: nil, path: path, heals: heals)
      result.healed_content = result.healed_code
      result.healed_code = nil
      return result
    }
    switch Document.load(path: path, bytes: Array(content.utf8), limits: engine.documentLimits) {
    case .skipped(let skip):
      var result = Self.result(language: "markdown", findings: [], skips: [skip])
      if heals { result.take(healed: content, fixes: [], original: content, asFile: true) }
      return result
    case .document(let document):
      let checked = engine.validator.check(documents: [document], analysis: nil)
      var result = Self.result(language: document.format.rawValue, findings: checked.findings, skips: checked.skips)
      if heals {
        let verification = try engine.heal(document, findings: checked.findings, analysis: nil, selection: FixSelection())
        result.take(
          healed: String(decoding: verification.healed, as: UTF8.self), fixes: verification.fixes.map(\.fix), original: content,
          asFile: true)
      }
      return result
    }
  }

  /// One snippet by itself.
  private func snippet(_ code: String, _ language: String, id: String?, path: String, heals: Bool) throws -> TaskResult {
    let name = LanguageNames.normalized(language)
    let checked = engine.validator.check(code: code, language: name, path: path)
    var result = Self.result(language: name, findings: checked.findings, skips: checked.skips)
    result.snippet_id = id
    if heals {
      let bytes = Array(code.utf8)
      let context = HealingContext(
        path: path, bytes: bytes, snippets: [HealingContext.Sample(span: Span(0, bytes.count), language: name)])
      let validator = engine.validator
      let verifier = Verifier(strategies: engine.strategies, selection: FixSelection()) {
        validator.check(code: String(decoding: $0, as: UTF8.self), language: name, path: path).findings
      }
      let verification = try verifier.verify(path: path, bytes: bytes, findings: checked.findings, context: context)
      result.take(
        healed: String(decoding: verification.healed, as: UTF8.self), fixes: verification.fixes.map(\.fix), original: code, asFile: false)
    }
    return result
  }

  private static func result(language: String, findings: [Finding], skips: [Skip]) -> TaskResult {
    TaskResult(
      valid: !findings.contains { $0.severity == .error }, language: language, level: "syntax",
      findings: findings.map(TaskResult.Item.init),
      skips: skips.map { TaskResult.Skipped(line: $0.line, reason: $0.reason.rawValue, detail: $0.detail) }, duration_ms: 0)
  }

  private func together(_ parts: [TaskResult]) -> TaskResult {
    TaskResult(
      valid: parts.allSatisfy(\.valid), language: "", level: "syntax", findings: parts.flatMap(\.findings), skips: parts.flatMap(\.skips),
      duration_ms: 0, healed: parts.contains { $0.healed == true }, fixes: parts.flatMap { $0.fixes ?? [] },
      confidence: parts.compactMap(\.confidence).filter { $0 > 0 }.min() ?? 0, snippets: parts)
  }
}

extension TaskResult {
  /// The healed text and what healed it. `healed` says whether anything changed; the text is always there.
  fileprivate mutating func take(healed text: String, fixes: [Fix], original: String, asFile: Bool) {
    healed = text != original
    if asFile { healed_content = text } else { healed_code = text }
    self.fixes = fixes.map(Repair.init)
    confidence = fixes.map(\.confidence).min() ?? 0
  }
}
