// Repairs of quotes and brackets, the same for every language that has them. Each gives its edits only where there is one
// place for them.

import Domain

/// A way to mend a sample.
struct Repair {
  var edits: [Edit]
  var confidence: Double
  /// What was wrong, in one sentence.
  var statement: String
  /// Whether nothing else could have been meant.
  var isCertain = false
}

/// A sample with what the repairs share.
struct BrokenSample {
  let path: String
  let bytes: [UInt8]
  let span: Span
  let language: String
  let scan: SampleScan
  /// The byte that the finding points to.
  let offset: Int

  init(context: HealingContext, sample: HealingContext.Sample, finding: Finding, style: SampleScan.Style) {
    path = context.path
    bytes = context.bytes
    span = sample.span
    language = sample.language
    scan = SampleScan(bytes[sample.span.range], style)
    offset = finding.span.start
  }

  func edit(_ span: Span, _ replacement: String) -> Edit {
    Edit(path: path, span: span, expected: String(decoding: bytes[span.range], as: UTF8.self), replacement: replacement)
  }

  func insertion(_ text: String, at offset: Int) -> Edit { edit(Span(offset, offset), text) }

  /// The scan of the sample with edits made; nil when they do not apply.
  func scan(with edits: [Edit]) -> SampleScan? {
    guard let healed = try? FixApplier.apply(edits, to: bytes).bytes else { return nil }
    let grown = healed.count - bytes.count
    return SampleScan(healed[span.start..<span.end + grown], scan.style)
  }

  /// The last byte before the offset that is neither blank nor in a comment.
  func lastCode(before offset: Int) -> Int? { SampleScan(bytes[span.start..<offset], scan.style).lastCode }

  /// The line (without its break) that contains the byte.
  func line(at offset: Int) -> Span {
    let end = scan.lineEnd(min(max(offset, span.start), span.end))
    var start = min(offset, end)
    while start > span.start, bytes[start - 1] != 0x0A { start -= 1 }
    return Span(start, max(start, end))
  }

  /// The blanks that the line begins with.
  func indentation(of line: Span) -> ArraySlice<UInt8> { bytes[line.range].prefix { $0 == 0x20 || $0 == 0x09 } }

  /// The line's code: without blanks at its end and without a comment.
  func code(of line: Span) -> Span {
    let text = SampleScan(bytes[line.range], scan.style)
    return Span(line.start, text.lastCode.map { $0 + 1 } ?? line.start)
  }
}

/// Quotes and brackets.
enum BracketRepairs {
  /// Typographic quotes where strings begin and end.
  static func straightQuotes(_ sample: BrokenSample) -> Repair? {
    guard !sample.scan.typographic.isEmpty else { return nil }
    let edits = sample.scan.typographic.map { sample.edit($0.span, String(UnicodeScalar($0.straight))) }
    return Repair(
      edits: edits, confidence: 0.95, statement: "typographic quotes do not delimit strings in \(sample.language)", isCertain: true)
  }

  /// Commas before a closing bracket.
  static func trailingCommas(_ sample: BrokenSample) -> Repair? {
    guard !sample.scan.trailingCommas.isEmpty else { return nil }
    let edits = sample.scan.trailingCommas.map { sample.edit(Span($0, $0 + 1), "") }
    return Repair(edits: edits, confidence: 0.9, statement: "\(sample.language) allows no comma before a closing bracket", isCertain: true)
  }

  /// A string without its end: the quote goes to the line's end, or before the punctuation there, whichever of the two leaves
  /// every bracket closed.
  static func closingQuote(_ sample: BrokenSample) -> Repair? {
    guard sample.scan.openStrings.count == 1, let string = sample.scan.openStrings.first else { return nil }
    var places: [Int] = []
    var place = string.lineEnd
    while place > string.start + 1, [0x20, 0x09].contains(sample.bytes[place - 1]) { place -= 1 }
    places.append(place)
    while place > string.start + 1, ")]},:;".utf8.contains(sample.bytes[place - 1]) {
      place -= 1
      places.append(place)
    }
    let quote = String(UnicodeScalar(string.quote))
    let fitting = places.map { [sample.insertion(quote, at: $0)] }.filter { sample.scan(with: $0)?.isBalanced == true }
    // With a comma at the end both places leave it balanced; in data the comma separates.
    guard let edits = fitting.count == 1 ? fitting.first : separatorChoice(fitting, sample) else { return nil }
    return Repair(edits: edits, confidence: 0.75, statement: "a string has no closing quote")
  }

  private static func separatorChoice(_ fitting: [[Edit]], _ sample: BrokenSample) -> [Edit]? {
    guard fitting.count == 2, let place = fitting[1].first?.span.start, sample.bytes[place] == UInt8(ascii: ",") else { return nil }
    return fitting[1]
  }

  /// Brackets opened and never closed, where all of them can be closed at the end.
  static func closingBrackets(_ sample: BrokenSample) -> Repair? {
    let scan = sample.scan
    guard !scan.open.isEmpty, scan.open.count <= 16, !scan.isCrossed, scan.openStrings.isEmpty, let last = scan.lastCode else { return nil }
    // A list that began behind its bracket and ends with a comma is an excerpt: it goes on.
    if sample.bytes[last] == UInt8(ascii: ","), let inner = scan.open.last {
      guard sample.code(of: sample.line(at: inner.offset)).end == inner.offset + 1 else { return nil }
    }
    var text = ""
    var lastLine = sample.line(at: last)
    for bracket in scan.open.reversed() {
      let line = sample.line(at: bracket.offset)
      let opensLine = sample.code(of: line).end == bracket.offset + 1 && line != lastLine
      if opensLine { text += "\n" + String(decoding: sample.indentation(of: line), as: UTF8.self) }
      text += String(UnicodeScalar(bracket.close))
      if opensLine { lastLine = line }
    }
    let count = scan.open.count
    return Repair(
      edits: [sample.insertion(text, at: last + 1)], confidence: 0.75,
      statement: count == 1 ? "a bracket is never closed" : "\(count) brackets are never closed")
  }
}
