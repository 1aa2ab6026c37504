// Which files hold literals, and where in their text: a string, a key, an identifier, a comment. Source code is told apart by its
// lexer, everything else by its line comments.

import Domain

/// The part that a file plays for literals.
enum LiteralRole: Hashable {
  case code(SourceLanguage)
  /// Data that the project ships: defaults, schemas, scripts, manifests, templates.
  case data
  /// Configuration of tools around the project, and texts of a kind that is not known: what they name may be others', but it is alive.
  case tooling
  /// Tests and examples: they vote for what a name became, and keep none alive.
  case witness(SourceLanguage?)
  /// Documents, vendored and generated files, locks.
  case none

  init(path: String) {
    let name = PathParts(path)
    if name.isDocument || name.isLock {
      self = .none
      return
    }
    let language = SourceLanguage(path: path)
    switch PathRole(path: path) {
    case .vendored, .generated: self = .none
    case .test, .example: self = language != nil || name.isData ? .witness(language) : .none
    case .code:
      if name.isBinary {
        self = .none
      } else if name.isHidden {
        self = .tooling
      } else if let language {
        self = .code(language)
      } else {
        self = name.isData ? .data : .tooling
      }
    }
  }

  var language: SourceLanguage? {
    switch self {
    case .code(let language): language
    case .witness(let language): language
    case .data, .tooling, .none: nil
    }
  }

  /// Whether the project itself is written here.
  var isProject: Bool {
    switch self {
    case .code, .data: true
    case .tooling, .witness, .none: false
    }
  }

  /// Whether what stands here keeps a name alive.
  var keepsAlive: Bool { isProject || self == .tooling }
}

/// What a path says about a file.
private struct PathParts {
  let isDocument: Bool
  let isLock: Bool
  let isHidden: Bool
  let isData: Bool
  let isBinary: Bool

  init(_ path: String) {
    let parts = path.split(separator: "/")
    let name = (parts.last ?? "").lowercased()
    let dot = name.lastIndex(of: ".")
    let ending = dot.map { String(name[name.index(after: $0)...]) } ?? ""
    let stem = dot.map { String(name[..<$0]) } ?? name
    isHidden = parts.contains { $0.hasPrefix(".") } || Self.pipelines.contains(name)
    isLock = ending == "lock" || name.hasSuffix("-lock.json") || name.hasSuffix("-lock.yaml") || name == "go.sum" || ending == "log"
    isDocument = Self.documents.contains(ending) || Self.documentNames.contains(stem)
    isBinary = Self.binaries.contains(ending)
    isData = Self.endings.contains(ending) || Self.names.contains(name) || name.hasPrefix("dockerfile")
  }

  private static let documents: Set<String> = [
    "md", "mdx", "markdown", "rst", "adoc", "asciidoc", "txt", "org", "rdoc", "textile", "ipynb",
  ]
  private static let documentNames: Set<String> = [
    "changelog", "changes", "history", "news", "license", "licence", "copying", "notice", "authors", "contributors", "readme", "thanks",
    "codeowners",
  ]
  private static let binaries: Set<String> = [
    "png", "jpg", "jpeg", "gif", "ico", "svg", "webp", "pdf", "woff", "woff2", "ttf", "eot", "zip", "gz", "tar", "jar", "wasm", "so", "dll",
    "exe",
    "mp4", "snap", "patch", "diff", "css", "scss", "map",
  ]
  private static let pipelines: Set<String> = ["azure-pipelines.yml", "appveyor.yml", "codecov.yml", "netlify.toml", "renovate.json"]
  private static let names: Set<String> = ["dockerfile", "containerfile", "makefile", "justfile", "cmakelists.txt", "version", "procfile"]
  private static let endings: Set<String> = [
    "json", "json5", "jsonc", "yaml", "yml", "toml", "ini", "cfg", "conf", "properties", "xml", "gradle", "env", "hcl", "tf", "sh", "bash",
    "zsh", "fish", "ps1", "bat", "cmd", "mod", "cmake", "proto", "graphql", "sql", "tmpl", "tpl", "erb", "j2", "jinja", "vue", "svelte",
    "scala", "groovy", "lua", "ex", "exs", "pl", "pm", "dart", "zig", "nix", "bazel", "bzl", "ejs", "hbs", "m", "mm", "el", "vim", "r",
    "gyp",
  ]
}

/// A run of bytes that reads as one thing.
struct Atom {
  enum Zone: UInt8 { case identifier, key, number, string, wholeString, data, comment }
  var start: Int
  var end: Int
  var zone: Zone
}

/// A text cut into atoms.
struct LiteralText {
  let bytes: [UInt8]
  let lines: [ArraySlice<UInt8>]
  /// In the order of the text.
  private(set) var atoms: [Atom] = []

  /// Nil when the text is not scanned.
  init?(_ bytes: [UInt8], _ role: LiteralRole) {
    guard FileScanner.refusal(of: bytes) == nil else { return nil }
    self.bytes = bytes
    lines = LineDiff.lines(of: bytes)
    if let language = role.language {
      guard let source = try? Lexer.lex(bytes, as: language) else { return nil }
      addAtoms(source)
    } else {
      addDataAtoms()
    }
  }

  func text(_ atom: Atom) -> String { String(decoding: bytes[atom.start..<atom.end], as: UTF8.self) }

  /// The atoms that begin in a range of bytes.
  func atoms(in range: Range<Int>) -> ArraySlice<Atom> {
    let first = firstAtom(from: range.lowerBound)
    var last = first
    while last < atoms.count, atoms[last].start < range.upperBound { last += 1 }
    return atoms[first..<last]
  }

  /// The atom around or behind a byte.
  private func firstAtom(from offset: Int) -> Int {
    var (low, high) = (0, atoms.count)
    while low < high {
      let middle = (low + high) / 2
      if atoms[middle].end <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The atom that contains a byte.
  func atom(at offset: Int) -> Atom? {
    let index = firstAtom(from: offset)
    return index < atoms.count && atoms[index].start <= offset ? atoms[index] : nil
  }

  // MARK: Source code

  private mutating func addAtoms(_ source: LexedSource) {
    var position = 0
    let tokens = source.tokens
    for (index, token) in tokens.enumerated() {
      let (start, end) = (Int(token.start), Int(token.end))
      if start > position { addRuns(position..<start, .comment) }
      position = max(position, end)
      switch token.kind {
      case .identifier:
        atoms.append(Atom(start: start, end: end, zone: Self.isKey(tokens, index) ? .key : .identifier))
      case .number: atoms.append(Atom(start: start, end: end, zone: .number))
      case .string: addString(start..<end, isDocumentation: Self.isDocumentation(tokens, index, source.language))
      case .punctuation: break
      }
    }
    if position < bytes.count { addRuns(position..<bytes.count, .comment) }
  }

  /// `name:`, `name =`, `{ name, … }`, `.name`: a property, a label or an option, as far as one mark tells.
  private static func isKey(_ tokens: ContiguousArray<Token>, _ index: Int) -> Bool {
    guard index + 1 < tokens.count else { return false }
    let next = tokens[index + 1]
    let previous = index > 0 ? tokens[index - 1] : next
    let opens = index > 0 && (previous.isMark("{") || previous.isMark(",") || previous.isMark("("))
    if next.isMark(":") || next.isMark("?") { return opens || tokens[index].startsLine || previous.kind == .identifier }
    if next.isMark("=") { return opens }
    return opens && !previous.isMark("(") && (next.isMark(",") || next.isMark("}"))
  }

  /// A string that is a statement by itself documents what follows.
  private static func isDocumentation(_ tokens: ContiguousArray<Token>, _ index: Int, _ language: SourceLanguage) -> Bool {
    guard language == .python, tokens[index].startsLine else { return false }
    return index + 1 >= tokens.count || tokens[index + 1].startsLine
  }

  private mutating func addString(_ range: Range<Int>, isDocumentation: Bool) {
    if isDocumentation { return addRuns(range, .comment) }
    let first = atoms.count
    addRuns(range, .string)
    // One run between the quotes is the whole string.
    guard atoms.count == first + 1 else { return }
    let atom = atoms[first]
    let before = bytes[range.lowerBound..<atom.start].allSatisfy { !Self.isRun($0) && $0 != 0x20 }
    let after = bytes[atom.end..<range.upperBound].allSatisfy { !Self.isRun($0) && $0 != 0x20 }
    if before && after { atoms[first].zone = .wholeString }
  }

  // MARK: Runs

  private mutating func addDataAtoms() {
    var start = 0
    for line in lines {
      let comment = Self.commentStart(line) ?? line.endIndex
      addRuns(start..<comment, .data)
      if comment < line.endIndex { addRuns(comment..<line.endIndex, .comment) }
      start = line.endIndex
    }
  }

  /// Where a line's comment begins: `#`, `//`, `;` or `--` at its start, ` #` later.
  static func commentStart(_ line: ArraySlice<UInt8>) -> Int? {
    guard let first = line.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
    let rest = line[first...]
    if ["#", "//", ";", "-- ", "<!--", "rem "].contains(where: { rest.starts(with: $0.utf8) }) { return first }
    var index = first + 1
    while index + 1 < line.endIndex {
      if line[index] == UInt8(ascii: "#"), line[index - 1] == 0x20, line[index + 1] == 0x20 { return index }
      index += 1
    }
    return nil
  }

  /// Adds the runs of a range: letters, digits and the marks that hold names, paths and versions together.
  private mutating func addRuns(_ range: Range<Int>, _ zone: Atom.Zone) {
    var position = range.lowerBound
    while position < range.upperBound {
      guard Self.isRun(bytes[position]) else {
        position += 1
        continue
      }
      var end = position
      while end < range.upperBound, Self.isRun(bytes[end]) { end += 1 }
      let trimmed = Self.trimmed(position..<end, bytes)
      if !trimmed.isEmpty { atoms.append(Atom(start: trimmed.lowerBound, end: trimmed.upperBound, zone: zone)) }
      position = end
    }
  }

  /// Without marks at the end, and at the start without those that begin no name.
  static func trimmed(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while high > low, !LiteralShape.isWordByte(bytes[high - 1]) { high -= 1 }
    while low < high, !LiteralShape.isWordByte(bytes[low]), !(bytes[low] == LiteralShape.dash) { low += 1 }
    return low..<high
  }

  static func isRun(_ byte: UInt8) -> Bool { runs[Int(byte)] }

  private static let runs: [Bool] = (0..<256).map { LiteralShape.isWordByte(UInt8($0)) || "-./:@+~".utf8.contains(UInt8($0)) }
}
