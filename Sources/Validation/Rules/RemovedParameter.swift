// `removed-parameter`: a document names a parameter that its callee had and has no more.
//
// A keyword belongs to its callee: `retries=` in a call of something else says nothing. Only a name that is gone from the whole code is
// also found where no callee stands beside it: in a code span, or beside the word "parameter".

import Documents
import Domain
import SourceCode

/// A keyword argument, or the mention of a parameter, that the callee lost.
struct RemovedParameterRule: Rule {
  let name = "removed-parameter"
  let summary = "A keyword argument or the name of a parameter that the callee had and has no more."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let calls = context.analysis?.calls else { return RuleOutcome() }
    let names = calls.lostParameters
    guard !names.isEmpty else { return RuleOutcome() }
    let mentions = DocumentMentions(context.document, names: names).mentions
    let spans = Set(mentions.map(\.span))
    let words = ParameterWords(context.document, names).spans.filter { !spans.contains($0.span) }
    let found =
      mentions.compactMap { finding($0, calls, context) }
      + words.compactMap { calls.isGone(parameter: $0.name) ? finding($0.name, $0.span, calls, nil, context) : nil }
    return RuleOutcome(findings: found)
  }

  private func finding(_ mention: Mention, _ calls: CallAnalysis, _ context: RuleContext) -> Finding? {
    guard mention.form.isDisjoint(with: [.partOfWord, .hasReceiver, .called, .imported]) else { return nil }
    if mention.form.contains(.labelled), isDeclared(mention.span, context.document.bytes) { return nil }
    if mention.form.contains(.labelled), let callee = CalleeScan.callee(around: mention.span.start, in: context.document.bytes) {
      return finding(mention.name, mention.span, calls, callee, context)
    }
    let isWhole = mention.place == .wholeCodeSpan || mention.place == .codeSpan && mention.form.contains(.labelled)
    guard isWhole, mention.qualifiers.isEmpty, !mention.form.contains(.isReceiver) else { return nil }
    guard Self.isTelling(mention.name), calls.isGone(parameter: mention.name) else { return nil }
    return finding(mention.name, mention.span, calls, nil, context)
  }

  /// Whether it stands in the list of a declaration: an override is told of its whole list, or not at all.
  private func isDeclared(_ span: Span, _ bytes: [UInt8]) -> Bool {
    let start = bytes[..<span.start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let line = bytes[start..<span.start].drop { $0 == 0x20 || $0 == 0x09 }
    return ["def ", "async def ", "func ", "fun ", "function "].contains { line.starts(with: $0.utf8) }
  }

  /// A name that is nobody's everyday word.
  static func isTelling(_ name: String) -> Bool { NameShape(name) == .distinctive || name.utf8.count >= 10 }

  private func finding(_ name: String, _ span: Span, _ calls: CallAnalysis, _ callee: String?, _ context: RuleContext) -> Finding? {
    guard !OldSamples.show(span, in: context.document), !isForeign(span, context.document) else { return nil }
    let last = callee.map { String($0.split { $0 == "." || $0 == ":" }.last ?? "") }
    let renames = calls.renames(ofParameter: name)
    let own = renames.filter { $0.callee == last }
    if let rename = own.first ?? (callee == nil || Self.isTelling(name) && calls.isGone(parameter: name) ? renames.first : nil) {
      let state = rename.isAlias ? "is a deprecated parameter" : "is no parameter"
      return context.finding(
        self, rename.isAlias ? .warning : .error, at: span, "`\(name)` \(state) of `\(rename.callee)`: it became `\(rename.new)`",
        evidence: [Evidence("`\(rename.callee)` has `\(rename.new)` for `\(rename.old)`", path: rename.path, line: rename.line)])
    }
    guard let last, let lost = calls.calleesWithout(parameter: name).first(where: { $0.callee == last }), Self.isCertain(last, callee)
    else {
      return nil
    }
    return context.finding(
      self, .error, at: span, "`\(name)` is no parameter of `\(last)` any more",
      evidence: [Evidence("`\(last)` takes no `\(name)`", path: lost.path, line: lost.line)])
  }

  /// Whether a callee's name alone says that it is this repository's.
  private static func isCertain(_ name: String, _ callee: String?) -> Bool { NameShape(name) != .plain }

  /// Whether the sentence is about another library: "the `requests` library".
  private func isForeign(_ span: Span, _ document: Document) -> Bool {
    guard let block = document.block(at: span.start), block.kind != .code else { return false }
    let start = max(block.span.start, span.start - 160)
    let text = document.text(Span(start, min(block.span.end, span.end + 160))).lowercased()
    return ["` library", "` package", "` crate", "` gem"].contains(where: text.contains)
  }
}

/// Names of parameters in plain prose, beside the word that says so.
struct ParameterWords {
  private(set) var spans: [(name: String, span: Span)] = []

  init(_ document: Document, _ names: Set<String>) {
    let telling = names.filter { NameShape($0) == .distinctive }
    guard !telling.isEmpty else { return }
    let bytes = document.bytes
    addFields(bytes, telling)
    for block in document.blocks where block.kind != .code && block.kind != .html {
      var index = block.span.start
      while index < block.span.end {
        guard SampleLexer.isNameStart(bytes[index]) else {
          index += 1
          continue
        }
        let start = index
        while index < block.span.end, SampleLexer.isNameStart(bytes[index]) || SampleLexer.isDigit(bytes[index]) { index += 1 }
        let isFree = start == block.span.start || bytes[start - 1] == 0x20 || bytes[start - 1] == 0x0A
        guard isFree, index - start <= 80 else { continue }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        if telling.contains(name), Self.isNamed(bytes, index, block.span.end) { spans.append((name, Span(start, index))) }
      }
    }
  }

  /// `:param bool name:`, fields of a function's description.
  private mutating func addFields(_ bytes: [UInt8], _ names: Set<String>) {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let line = bytes[start..<end].drop { $0 == 0x20 || $0 == 0x09 }
      start = end + 1
      guard [":param ", ":keyword ", ":arg ", ":kwarg "].contains(where: { line.starts(with: $0.utf8) }) else { continue }
      guard let close = line.dropFirst().firstIndex(of: UInt8(ascii: ":")) else { continue }
      let begin = line[..<close].lastIndex(of: 0x20).map { $0 + 1 } ?? close
      let name = String(decoding: bytes[begin..<close], as: UTF8.self)
      if names.contains(name) { spans.append((name, Span(begin, close))) }
    }
  }

  private static func isNamed(_ bytes: [UInt8], _ end: Int, _ limit: Int) -> Bool {
    let rest = String(decoding: bytes[end..<min(limit, end + 12)], as: UTF8.self).lowercased()
    return [" parameter", " argument", " keyword", " option"].contains(where: rest.hasPrefix)
  }
}
