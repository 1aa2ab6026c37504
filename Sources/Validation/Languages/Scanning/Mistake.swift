// What hand-written scanners find wrong, and how that becomes a verdict. The kind of a mistake matters for fragments: a text that ends
// inside a bracket may be the head of a longer one, a bracket that nothing opened its tail.

/// What a scanner finds wrong.
struct Mistake: Error, Hashable {
  enum Kind: Hashable {
    /// The text ends, and what began at the range is still open.
    case unclosed
    /// Something closes here that was never opened.
    case stray
    case malformed
    /// Nested deeper than the scanner goes.
    case tooDeep
  }
  var kind: Kind
  var range: Range<Int>
  /// One line.
  var message: String

  init(_ kind: Kind, _ range: Range<Int>, _ message: String) {
    self.kind = kind
    self.range = range
    self.message = message
  }

  init(_ range: Range<Int>, _ message: String) { self.init(.malformed, range, message) }

  /// One byte of the text.
  init(_ kind: Kind = .malformed, at place: Int, _ message: String) { self.init(kind, place..<place + 1, message) }
}

/// A language that is judged in process, sample by sample.
protocol ScannedLanguage: Language {
  /// The first mistake that the language's rules name; a whole text is read strictly.
  func mistake(in sample: Sample) -> Mistake?
  /// Whether `...` belongs to the language; otherwise a fragment with it leaves something out, and nothing in it is judged.
  var hasOwnEllipsis: Bool { get }
  /// Whether a fragment with this mistake is more likely a way of writing.
  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool
}

extension ScannedLanguage {
  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] { samples.map(verdict) }

  var hasOwnEllipsis: Bool { false }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool { false }

  private func verdict(_ sample: Sample) -> SyntaxVerdict {
    guard let mistake = mistake(in: sample) else { return .valid }
    if mistake.kind == .tooDeep { return .unjudged(.tooLarge, mistake.message) }
    if !sample.isWhole, sample.hasTemplateMarks || !hasOwnEllipsis && sample.hasElision || forgives(mistake, in: sample) {
      return .unjudged(.fragment, "the sample leaves something out")
    }
    let end = min(mistake.range.upperBound, sample.code.count)
    return .broken(SyntaxProblem(range: min(mistake.range.lowerBound, end)..<end, message: mistake.message))
  }
}

extension Sample {
  /// The lines, without their endings.
  var lines: [ArraySlice<UInt8>] {
    var lines = code.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { $0.last == 0x0D ? $0.dropLast() : $0 }
  }

  /// The line around a byte.
  func line(at offset: Int) -> ArraySlice<UInt8> {
    let place = min(max(0, offset), code.count)
    let start = code[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let end = code[place...].firstIndex(of: 0x0A) ?? code.count
    return code[start..<end]
  }

  /// `<your token>`: a place that the reader fills in.
  var hasPlaceholder: Bool { Self.placeholders(in: code[...]).first != nil }

  /// Where `<…>` stand that hold words and no markup.
  static func placeholders(in text: ArraySlice<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var open: Int?
    for index in text.indices {
      let byte = text[index]
      if byte == UInt8(ascii: "<") {
        open = index
      } else if byte == UInt8(ascii: ">"), let start = open {
        if index > start + 1, text[start + 1] != 0x20, text[index - 1] != 0x20 { found.append(start..<index + 1) }
        open = nil
      } else if !(byte.isWord || byte == 0x20 || "-./:|_,#'[]@+*".utf8.contains(byte)) {
        open = nil
      }
    }
    return found
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks at both ends.
  var trimmed: ArraySlice<UInt8> {
    guard let first = firstIndex(where: { !$0.isSpace }), let last = lastIndex(where: { !$0.isSpace }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }

  func starts(with text: StaticString) -> Bool {
    guard count >= text.utf8CodeUnitCount else { return false }
    for offset in 0..<text.utf8CodeUnitCount where self[startIndex + offset] != text.utf8Start[offset] { return false }
    return true
  }

  var text: String { String(decoding: self, as: UTF8.self) }
}
