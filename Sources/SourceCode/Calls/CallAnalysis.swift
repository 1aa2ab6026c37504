// How the change rewrote its own calls, and where a sample still calls as before.
//
// A call that is wrong after a change was wrong in the project's own code, tests and examples first, and the change rewrote it there. Each
// rewritten line votes for patterns, from the narrow to the wide; a pattern holds when enough lines agree and the old shape is gone
// from the head's code. A sample that still has the old shape gets what the others got.

import Domain
import Synchronization

/// A call in a sample that has a shape which the change rewrote everywhere else.
public struct ChangedCall: Sendable, Hashable {
  /// The bytes of the sample's code that have the old shape.
  public var range: Range<Int>
  /// The bytes that are replaced, and with what.
  public var replaced: Range<Int>
  public var replacement: String
  /// The old shape as it stands there, and what it becomes.
  public var old: String
  public var new: String
  /// Lines of the code that the change rewrote in this way, and one of them.
  public var votes: Int
  public var path: String
  public var line: Int
  public var confidence: Double
}

/// Learned from the change when the first sample asks. Use it from any thread.
public final class CallAnalysis: Sendable {
  private let change: Change
  private let texts: ComparedTexts
  private let callees: Set<UInt64>
  /// Names on whose declaration's line the change left something else.
  private let edited: Set<UInt64>
  private let code: CodeChange
  private let limits: AnalysisLimits
  private let state = Mutex(State())

  private struct State {
    var parameters: ParameterChanges?
    var uses: ParameterUses?
    var patterns: LearnedPatterns?
    var remains: PatternRemains?
  }

  init(change: Change, texts: ComparedTexts, code: CodeChange, limits: AnalysisLimits) {
    self.change = change
    self.texts = texts
    self.code = code
    self.limits = limits
    var callees: Set<UInt64> = []
    for sighting in code.old where sighting.kind.isCallable || sighting.kind.isType { callees.insert(sighting.hash) }
    self.callees = callees
    edited = Self.edited(code)
  }

  /// Names of types and callables on whose declaration's line the change left something else, by hash.
  static func edited(_ code: CodeChange) -> Set<UInt64> {
    Set(code.old.lazy.filter { $0.hunk != nil && ($0.kind.isType || $0.kind.isCallable) && $0.name.utf8.count >= 4 }.map(\.hash))
  }

  // MARK: Parameters

  private func parameters() -> ParameterChanges {
    state.withLock { state in
      let parameters = state.parameters ?? ParameterChanges(code, texts)
      state.parameters = parameters
      return parameters
    }
  }

  /// Parameters that callables lost, by the names that callers wrote.
  public var lostParameters: Set<String> {
    let parameters = parameters()
    return Set(parameters.renames.keys).union(parameters.removed.keys)
  }

  /// What a parameter became, by the callables that had it.
  public func renames(ofParameter name: String) -> [ParameterRename] { parameters().renames[name] ?? [] }

  /// The callables that lost a parameter for good, and take no others by keyword: callee, file and line.
  public func calleesWithout(parameter name: String) -> [(callee: String, path: String, line: Int)] {
    (parameters().removed[name] ?? []).map { ($0.callee, $0.new.path, $0.new.line) }
  }

  /// Whether nothing else in the head's code has a renamed parameter's old name.
  public func isGone(parameter name: String) -> Bool {
    let renames = parameters().renames.values.flatMap { $0 }
    return state.withLock { state in
      let uses = state.uses ?? ParameterUses(renames, texts.comparisons(), in: change.head, limits: limits)
      state.uses = uses
      return uses.isGone(name)
    }
  }

  /// Signatures in a document that the base declared and the head declares otherwise.
  public func signatureCopies(in bytes: [UInt8]) -> [SignatureCopy] {
    let parameters = parameters()
    return parameters.changes.isEmpty ? [] : SignatureReader(bytes, parameters).copies()
  }

  // MARK: Calls

  /// What a document must have one of for an answer of `changedCalls` or `signatureCopies`, by hash.
  var interestingTokens: Set<UInt64> {
    let callees = parameters().byCallee.keys.map { identifierHash($0.utf8) }
    return state.withLock { state in
      let patterns = state.patterns ?? LearnedPatterns(texts.comparisons(), callees: self.callees, edited: edited)
      state.patterns = patterns
      return Set(patterns.byFirst.keys).union(callees)
    }
  }

  /// The calls in a sample that still have a shape which the change rewrote. The language is a normalised name.
  public func changedCalls(in code: [UInt8], language: String) -> [ChangedCall] {
    guard let language = Self.language(language), code.count <= 64 << 10 else { return [] }
    return state.withLock { state in
      let patterns = state.patterns ?? LearnedPatterns(texts.comparisons(), callees: callees, edited: edited)
      state.patterns = patterns
      guard !patterns.all.isEmpty, let source = try? Lexer.lex(code, as: language) else { return [] }
      let tree = TokenTree(source)
      var hits: [(LearnedPattern, CallMatch)] = []
      for index in 0..<tree.count where tree[index].kind != .punctuation {
        for learned in patterns.byFirst[tree[index].hash] ?? [] where learned.language == LearnedPatterns.family(language) {
          guard let match = CallMatch(learned.pattern, learned.replacement, tree, at: index) else { continue }
          if !Self.defines(learned.callee, tree), learned.oldWords.allSatisfy({ !Self.makes($0, tree) }) { hits.append((learned, match)) }
        }
      }
      guard !hits.isEmpty else { return [] }
      let remains = state.remains ?? patterns.remains(in: change.head, limits: limits)
      state.remains = remains
      let words = Set(tree.tokens.lazy.filter { $0.kind == .identifier }.map(\.hash))
      return Self.chosen(hits.filter { remains.allow($0.0, in: words) }, code)
    }
  }

  private static func language(_ name: String) -> SourceLanguage? {
    switch name {
    case "pycon", "ipython": .python
    case "jsx": .javascript
    case "tsx": .typescript
    default: SourceLanguage(rawValue: name)
    }
  }

  /// Whether the sample declares a function of its own under this name.
  private static func defines(_ callee: UInt64, _ tree: TokenTree) -> Bool {
    callee != 0 && (1..<max(1, tree.count)).contains { tree[$0].hash == callee && PatternBuilder.defines(tree[$0 - 1].word) }
  }

  /// Whether the sample makes what the rewriting would take out: its own function or variable.
  private static func makes(_ name: UInt64, _ tree: TokenTree) -> Bool {
    (0..<tree.count).contains { index in
      guard tree[index].hash == name else { return false }
      if index > 0, PatternBuilder.defines(tree[index - 1].word) || PatternBuilder.declares(tree[index - 1].word) { return true }
      return tree[index].flags.contains(.startsLine) && tree.isMark(index + 1, "=") && !tree.isMark(index + 2, "=")
    }
  }

  /// One call for each place: where several patterns fit and say different things, none.
  private static func chosen(_ hits: [(LearnedPattern, CallMatch)], _ code: [UInt8]) -> [ChangedCall] {
    var calls: [ChangedCall] = []
    var clashes: Set<Int> = []
    for (learned, match) in hits.sorted(by: { ($0.0.votes, $1.1.range.count) > ($1.0.votes, $0.1.range.count) }) {
      let call = call(learned, match, code)
      guard call.old != call.new else { continue }
      guard let index = calls.firstIndex(where: { Self.overlap($0, call) }) else {
        calls.append(call)
        continue
      }
      let same = calls[index].replaced == call.replaced && calls[index].replacement == call.replacement
      if !same, !Self.agrees(calls[index], call, code) { clashes.insert(index) }
    }
    return calls.indices.filter { !clashes.contains($0) }.map { calls[$0] }.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private static func overlap(_ left: ChangedCall, _ right: ChangedCall) -> Bool {
    left.range.lowerBound < right.range.upperBound && right.range.lowerBound < left.range.upperBound
  }

  /// Whether two rewritings of overlapping places come to the same text.
  private static func agrees(_ left: ChangedCall, _ right: ChangedCall, _ code: [UInt8]) -> Bool {
    let range = min(left.range.lowerBound, right.range.lowerBound)..<max(left.range.upperBound, right.range.upperBound)
    return applied(left, code, range) == applied(right, code, range)
  }

  private static func applied(_ call: ChangedCall, _ code: [UInt8], _ range: Range<Int>) -> [UInt8] {
    Array(code[range.lowerBound..<call.replaced.lowerBound]) + Array(call.replacement.utf8)
      + Array(code[call.replaced.upperBound..<range.upperBound])
  }

  private static func call(_ learned: LearnedPattern, _ match: CallMatch, _ code: [UInt8]) -> ChangedCall {
    var call = ChangedCall(
      range: match.range, replaced: match.replaced, replacement: String(decoding: match.replacement, as: UTF8.self),
      old: String(decoding: code[match.range], as: UTF8.self), new: "", votes: learned.votes, path: learned.path, line: learned.line,
      confidence: confidence(learned))
    call.new = String(decoding: applied(call, code, match.range), as: UTF8.self)
    // A type that the sample does not name yet may have to be imported there.
    if namesNewType(match.replacement, code) { call.confidence = min(call.confidence, 0.85) }
    return call
  }

  private static func namesNewType(_ replacement: [UInt8], _ code: [UInt8]) -> Bool {
    replacement.split { !Lexer.isNameByte($0) }.contains { word in
      word.first.map { $0 >= 0x41 && $0 <= 0x5A } == true && !code.contains(word)
    }
  }

  private static func confidence(_ learned: LearnedPattern) -> Double {
    if learned.votes >= 4 { return 0.9 }
    if learned.votes >= 2 { return learned.isOwn ? 0.85 : 0.8 }
    return 0.75
  }
}
