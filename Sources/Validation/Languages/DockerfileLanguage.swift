// Dockerfile samples. A fragment may begin anywhere, also in the middle of an instruction; broken is a line that is no instruction
// although one stands before it: the backslash is missing, or the name is misspelt. A whole file must begin with FROM.

import Domain

struct DockerfileLanguage: ScannedLanguage {
  let name = "dockerfile"
  let names = ["dockerfile"]

  func mistake(in sample: Sample) -> Mistake? {
    var scanner = DockerfileScanner(sample: sample)
    return scanner.mistake()
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    // Commands and what they print, under the same name; pieces of two files.
    let starts = sample.lines.map(\.trimmed)
    return starts.contains { $0.starts(with: "$ ") || $0.starts(with: "---") || $0.starts(with: "docker ") || $0.starts(with: "#!/") }
      || sample.line(at: mistake.range.lowerBound).trimmed.starts(with: "<")
  }
}

private struct DockerfileScanner {
  let sample: Sample
  private let lines: [ArraySlice<UInt8>]
  private var index = 0
  private var escape = UInt8(ascii: "\\")
  private var instructions = 0
  private var hasStage = false

  init(sample: Sample) {
    self.sample = sample
    lines = sample.lines
  }

  static let instructions: Set<String> = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
  ]

  mutating func mistake() -> Mistake? {
    directives()
    while index < lines.count {
      let line = lines[index].trimmed
      guard let first = line.first, first != UInt8(ascii: "#") else {
        index += 1
        continue
      }
      if let found = instruction(line) { return found }
    }
    guard sample.isWhole, !hasStage else { return nil }
    return Mistake(.unclosed, sample.code.count..<sample.code.count, "a Dockerfile without FROM")
  }

  /// `# escape=` in the first comments sets the mark that continues a line.
  private mutating func directives() {
    for line in lines.prefix(8) {
      let text = line.trimmed.text.lowercased().filter { $0 != " " }
      guard text.hasPrefix("#") else { return }
      if text == "#escape=`" { escape = UInt8(ascii: "`") }
    }
  }

  private mutating func instruction(_ line: ArraySlice<UInt8>) -> Mistake? {
    let word = line.prefix { !$0.isSpace }
    let name = word.text.uppercased()
    guard Self.instructions.contains(name) else {
      guard sample.isWhole || instructions > 0 else {
        index += 1
        return nil
      }
      return Mistake(word.startIndex..<word.endIndex, "`\(word.prefix(40).text)` is no instruction")
    }
    if let found = order(name, word) { return found }
    // In the middle of a sentence a word is an instruction by chance.
    if sample.isWhole || word.allSatisfy({ $0 < 0x61 }) { instructions += 1 }
    if sample.isWhole, line.count == word.count { return Mistake(word.startIndex..<word.endIndex, "`\(name)` without arguments") }
    return arguments()
  }

  /// Before FROM only ARG may stand.
  private mutating func order(_ name: String, _ word: ArraySlice<UInt8>) -> Mistake? {
    if name == "FROM" { hasStage = true }
    guard sample.isWhole, !hasStage, name != "ARG" else { return nil }
    return Mistake(word.startIndex..<word.endIndex, "`\(name)` before FROM")
  }

  /// The lines of one instruction: continued ones, comments and empty lines between them, and heredocs.
  private mutating func arguments() -> Mistake? {
    var heredocs: [(name: ArraySlice<UInt8>, place: Range<Int>)] = []
    var isContinued = true
    while isContinued, index < lines.count {
      let line = lines[index].trimmed
      index += 1
      if line.first == UInt8(ascii: "#") || line.isEmpty { continue }
      heredocs += Self.heredocs(in: line)
      isContinued = line.last == escape
    }
    for heredoc in heredocs {
      while index < lines.count, lines[index].trimmed != heredoc.name { index += 1 }
      if index >= lines.count { return Mistake(.unclosed, heredoc.place, "a heredoc without the line that ends it") }
      index += 1
    }
    return nil
  }

  /// `<<EOF`, `<<-EOF`, `<<"EOF"`; not `<<<`.
  private static func heredocs(in line: ArraySlice<UInt8>) -> [(name: ArraySlice<UInt8>, place: Range<Int>)] {
    var found: [(ArraySlice<UInt8>, Range<Int>)] = []
    var place = line.startIndex
    while place + 2 < line.endIndex {
      defer { place += 1 }
      guard line[place] == UInt8(ascii: "<"), line[place + 1] == UInt8(ascii: "<"), place == line.startIndex || line[place - 1].isSpace
      else {
        continue
      }
      var start = place + 2
      if line[start] == UInt8(ascii: "-") { start += 1 }
      if start < line.endIndex, line[start] == UInt8(ascii: "\"") || line[start] == UInt8(ascii: "'") { start += 1 }
      let name = line[start...].prefix { $0.isWord }
      if let first = name.first, !first.isDigit { found.append((name, place..<name.endIndex)) }
    }
    return found
  }
}
