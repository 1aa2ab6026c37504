// What all languages of the C family and their like forgive. A sample in a document may be a session at a prompt, may leave things out
// (`...`, `…`, `<your token>`), and may be any part of a program: statements, members of a class, arguments, a type. A language says
// as a table what can be wrapped around a part so that its parser takes it (`Wrap`).

import Domain

/// How samples of a language are read.
struct FragmentStyle: Sendable {
  /// What can stand around a part of a program; the first is usually nothing.
  var wraps: [Wrap]
  /// How lines begin that stand at the head of a file only.
  var imports: [String] = []
  /// What begins a comment to the end of the line.
  var lineComment = "//"
  /// What prompts begin with, behind blanks.
  var prompts: [String] = []
  /// Other ways to write a sample, for what its language forgives beside the rest; of equal line count.
  var variants: @Sendable (Reading) -> [Reading] = { _ in [] }

  /// The readings of a sample, the most literal first.
  func readings(of sample: Sample) -> [Reading] {
    let literal = Reading(literal: sample)
    if sample.isWhole { return [literal] }
    let base = Prompts.code(of: literal, prompts: prompts) ?? literal
    let bases = ([base] + ([base] + variants(base)).flatMap { [$0] + Elisions.filled($0, lineComment: lineComment) }).uniqued()
    let mark = sample.code.first { $0 > 0x20 } ?? 0
    let fitting = wraps.filter { $0.marks.isEmpty || $0.marks.utf8.contains(mark) }
    return bases.flatMap { base in fitting.map { $0.applied(to: base, style: self) } }.uniqued()
  }
}

/// What can stand around a part of a program.
struct Wrap: Sendable {
  /// What becomes of the sample's last mark.
  enum End: Sendable { case kept, withoutSeparator, withComma, withSemicolon }

  var before = ""
  var after = ""
  var end = End.kept
  /// Leaves out what stands at the head of a file only.
  var dropsImports = false
  /// Only for samples that begin with one of these marks; empty: for all.
  var marks = ""

  /// The sample between two texts, which stand on lines of their own.
  init(_ before: String = "", _ after: String = "", end: End = .kept, dropsImports: Bool = false, marks: String = "") {
    self.marks = marks
    self.before = before
    self.after = after
    self.end = end
    self.dropsImports = dropsImports
  }

  func applied(to reading: Reading, style: FragmentStyle) -> Reading {
    var result = dropsImports ? Self.withoutImports(reading, style) : reading
    if end != .kept { changeEnd(&result, style) }
    return result.wrapped(before, after)
  }

  private func changeEnd(_ reading: inout Reading, _ style: FragmentStyle) {
    let comment = Array(style.lineComment.utf8)
    guard
      let index = reading.lines.lastIndex(where: { !LineText.isBlank($0) && !LineText.trimmed($0).starts(with: comment) })
    else { return }
    var line = reading.lines[index]
    // A comment behind the last mark would hide what is appended: it goes first. A string with the comment's mark in it spoils this reading
    // and no other.
    if let start = line.indices.first(where: { line[$0...].starts(with: comment) && ($0 == 0 || line[$0 - 1] <= 0x20) }) {
      line = Array(line[..<start])
    }
    while let last = line.last, last <= 0x20 { line.removeLast() }
    guard let last = line.last else { return }
    let isSeparator = last == UInt8(ascii: ",") || last == UInt8(ascii: ";")
    switch end {
    case .kept: break
    case .withoutSeparator: if isSeparator { line.removeLast() }
    case .withComma: if last != UInt8(ascii: ",") { line.append(UInt8(ascii: ",")) }
    case .withSemicolon: if last != UInt8(ascii: ";") { line.append(UInt8(ascii: ";")) }
    }
    reading.lines[index] = line
  }

  /// Imports may run over lines: to the closing bracket.
  private static func withoutImports(_ reading: Reading, _ style: FragmentStyle) -> Reading {
    var result = reading
    var depth = 0
    for (index, line) in reading.lines.enumerated() {
      let text = LineText.trimmed(line)
      guard depth > 0 || style.imports.contains(where: { text.starts(with: $0.utf8) }) else { continue }
      for byte in text {
        if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}") { depth -= 1 }
      }
      depth = max(0, depth)
      result.lines[index] = []
    }
    return result
  }
}

/// Sessions at a prompt.
enum Prompts {
  /// Only what was typed; nil when the first line has no prompt.
  static func code(of reading: Reading, prompts: [String]) -> Reading? {
    guard let first = reading.lines.first(where: { !LineText.isBlank($0) }), length(of: first, prompts) != nil else { return nil }
    var result = reading
    for (index, line) in reading.lines.enumerated() {
      if let length = length(of: line, prompts) { result.cut(length, fromLine: index) } else { result.lines[index] = [] }
    }
    return result
  }

  static func isTranscript(_ reading: Reading, prompts: [String]) -> Bool { code(of: reading, prompts: prompts) != nil }

  /// Bytes of the line's prompt. A word such as `irb` may be followed by marks up to `> `.
  private static func length(of line: [UInt8], _ prompts: [String]) -> Int? {
    let blanks = LineText.indentation(line)
    let text = line.dropFirst(blanks)
    guard let prompt = prompts.first(where: { text.starts(with: $0.utf8) }) else { return nil }
    if prompt.utf8.last == UInt8(ascii: " ") { return blanks + prompt.utf8.count }
    guard let end = text.prefix(60).firstIndex(of: UInt8(ascii: ">")) else { return nil }
    return text.dropFirst(end + 1 - blanks).first == 0x20 ? end + 2 : text.count + blanks == end + 1 ? end + 1 : nil
  }
}

/// What authors leave out, and how they show it.
enum Elisions {
  /// The reading with what is left out filled: by nothing or by a name, as what stands around it wants; and by names everywhere.
  static func filled(_ reading: Reading, lineComment: String) -> [Reading] {
    let comment = Array(lineComment.utf8)
    let places = reading.lines.indices.map { marks(in: reading.lines[$0], comment: comment).filter { !$0.isComment } }
    let hasPlaceholder = reading.lines.contains { !placeholders(in: $0).isEmpty }
    guard hasPlaceholder || places.contains(where: { !$0.isEmpty }) else { return [] }
    return [fill(reading, places, alwaysNames: false), fill(reading, places, alwaysNames: true)]
  }

  struct Mark: Hashable {
    var offset: Int
    var isComment: Bool
  }

  /// `…`, `...` and `???` in a line, but for those that are the language's own: `...rest`, `[...a]`, `int...`.
  static func marks(in line: [UInt8], comment: [UInt8]) -> [Mark] {
    var marks: [Mark] = []
    var index = 0
    var isComment = false
    while index < line.count {
      let rest = line[index...]
      if rest.starts(with: comment) || rest.starts(with: "/*".utf8) || rest.starts(with: "<!--".utf8) { isComment = true }
      let isDots = rest.starts(with: "...".utf8)
      guard isDots || rest.starts(with: "…".utf8) || rest.starts(with: "???".utf8) else {
        index += 1
        continue
      }
      if !isDots || isComment || !isAttached(line, index) { marks.append(Mark(offset: index, isComment: isComment)) }
      index += 3
      while index < line.count, line[index] == UInt8(ascii: ".") { index += 1 }
    }
    return marks
  }

  private static func isAttached(_ line: [UInt8], _ index: Int) -> Bool {
    let before = index > 0 ? line[index - 1] : 0x20
    let after = index + 3 < line.count ? line[index + 3] : 0x20
    return LineText.isNameByte(before) || ")]?>".utf8.contains(before) || LineText.isNameByte(after) || "[({$'\"`&*".utf8.contains(after)
  }

  /// `<your token>`, not behind a name (that is a generic argument).
  static func placeholders(in line: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var open: Int?
    for (index, byte) in line.enumerated() {
      if byte == UInt8(ascii: "<") {
        open = index == 0 || !LineText.isNameByte(line[index - 1]) ? index : nil
      } else if byte == UInt8(ascii: ">"), let start = open {
        if index > start + 1 { found.append(start..<(index + 1)) }
        open = nil
      } else if !(LineText.isNameByte(byte) || " -.".utf8.contains(byte)) {
        open = nil
      }
    }
    return found
  }

  private static func fill(_ reading: Reading, _ places: [[Mark]], alwaysNames: Bool) -> Reading {
    var result = reading
    for index in reading.lines.indices {
      for range in placeholders(in: reading.lines[index]) {
        for position in range { result.lines[index][position] = UInt8(ascii: "_") }
      }
      for mark in places[index] {
        let isName = alwaysNames || wantsName(reading, index, mark.offset)
        let line = reading.lines[index]
        // `... and so on`: the whole line is left out.
        let isProse =
          LineText.indentation(line) == mark.offset && line[(mark.offset + 3)...].contains { $0 | 0x20 >= 97 && $0 | 0x20 <= 122 }
        let end = isProse ? line.count : mark.offset + 3
        for position in mark.offset..<end { result.lines[index][position] = isName && !isProse ? UInt8(ascii: "_") : 0x20 }
      }
    }
    return result
  }

  private static func wantsName(_ reading: Reading, _ line: Int, _ offset: Int) -> Bool {
    let before =
      reading.lines[line][..<offset].last { $0 > 0x20 } ?? reading.lines[..<line].lazy.reversed().compactMap { $0.last { $0 > 0x20 } }.first
    let after =
      reading.lines[line][(offset + 3)...].first { $0 > 0x20 }
      ?? reading.lines[(line + 1)...].lazy.compactMap { $0.first { $0 > 0x20 } }.first
    guard let before else { return false }
    if before == UInt8(ascii: ",") { return after.map { ")]},;".utf8.contains($0) } ?? false }
    if "=:?>&|+-*<".utf8.contains(before) { return true }
    return after.map { ";.),]".utf8.contains($0) } ?? false && !"([{};".utf8.contains(before)
  }
}

extension Array where Element: Hashable {
  /// Without what came before.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
