// What the changed files say about literals: which ones the base had on lines that the change took away, what took their place, and
// which the change declared retired. Whether one is gone is for the search of the head's whole tree to say.

import Domain

/// A literal on a line that the change took away.
struct LostLiteral {
  var text: String
  var kinds: Set<LiteralKind>
  /// An argument parser knew it: it was declared, not only spoken of.
  var isDeclared = false
  /// In the base.
  var path: String
  var line: Int
}

/// A key that its section lost.
struct SectionLoss {
  var key: SectionedKey
  var path: String
  var line: Int
  var renames: [LiteralRename]
}

/// Why a literal counts as retired although the head still names it.
struct Retirement {
  var new: String
  var path: String
  var line: Int
}

/// Reads the changed files.
struct LiteralChange {
  private(set) var lost: [String: LostLiteral] = [:]
  private(set) var votes = LiteralVotes()
  private(set) var sectionLosses: [String: [SectionLoss]] = [:]
  /// All sections of the data file in which a key was lost, by the file's path in the base.
  private(set) var sections: [String: Set<String>] = [:]
  private(set) var retired: [String: [Retirement]] = [:]
  /// Arguments that the changed files of the head declare.
  private(set) var declared: Set<String> = []
  /// Lines that the change wrote, by path: 1-based.
  private(set) var written: [String: Set<Int>] = [:]
  private(set) var defaults = DefaultChanges()
  private(set) var skips: [Skip] = []

  private let limits: AnalysisLimits
  private var lostArguments: [DeclaredArgument] = []

  static let maximumLost = 20_000
  static let maximumDefaults = 2000

  init(_ change: Change, limits: AnalysisLimits) {
    self.limits = limits
    guard let base = change.base else { return }
    var count = 0
    for (number, file) in change.files.enumerated() {
      let role = LiteralRole(path: file.new?.path ?? file.path)
      let oldRole = LiteralRole(path: file.old?.path ?? file.path)
      guard role != .none || oldRole != .none else { continue }
      count += 1
      guard count <= limits.changedFiles else {
        skips.append(Skip(path: file.path, reason: .tooManyFiles, detail: "more than \(limits.changedFiles) changed files with literals"))
        break
      }
      let old = file.old.flatMap { read($0, base, oldRole) }
      let new = file.new.flatMap { read($0, change.head, role) }
      add(
        FilePairText(
          number: number, old: old, new: new, oldRole: oldRole, role: role, oldPath: file.old?.path ?? file.path, path: file.path))
    }
    for argument in lostArguments where declared.contains(argument.text) { lost[argument.text]?.kinds.remove(argument.kind) }
    lost = lost.filter { !$0.value.kinds.isEmpty }
    if defaults.changes.count > Self.maximumDefaults {
      skips.append(
        Skip(path: "", reason: .tooManyFiles, detail: "more than \(Self.maximumDefaults) changed values: no default value was judged"))
      defaults = DefaultChanges()
    }
    if lost.count > Self.maximumLost {
      skips.append(
        Skip(path: "", reason: .tooManyFiles, detail: "\(lost.count) changed literals of at most \(Self.maximumLost): none was judged"))
      lost = [:]
    }
  }

  private mutating func read(_ entry: TreeEntry, _ checkout: any Checkout, _ role: LiteralRole) -> LiteralText? {
    guard role != .none, entry.kind == .file || entry.kind == .executable, entry.size <= limits.fileBytes else { return nil }
    return (try? checkout.read(entry, limit: limits.fileBytes)).flatMap { LiteralText($0, role) }
  }

  // MARK: One file

  struct FilePairText {
    var number: Int
    var old: LiteralText?
    var new: LiteralText?
    var oldRole: LiteralRole
    var role: LiteralRole
    var oldPath: String
    var path: String

    var oldArguments: [DeclaredArgument] { Self.arguments(old, oldRole) }
    var newArguments: [DeclaredArgument] { Self.arguments(new, role) }

    private static func arguments(_ text: LiteralText?, _ role: LiteralRole) -> [DeclaredArgument] {
      guard let text, case .code(let language) = role, let source = try? Lexer.lex(text.bytes, as: language) else { return [] }
      return ArgumentDeclarations(source).found
    }
  }

  private mutating func add(_ file: FilePairText) {
    guard let old = file.old else {
      if let new = file.new { declared.formUnion(file.newArguments.map(\.text)); written[file.path] = Set(1...max(1, new.lines.count)) }
      return
    }
    guard let new = file.new else {
      if file.oldRole.isProject { collectLost(Array(old.lines.indices), old, file.oldPath, file.oldArguments) }
      return
    }
    let lines = LineSubstitutions(old, new)
    guard !lines.oldLines.isEmpty || !lines.newLines.isEmpty else {
      declared.formUnion(file.newArguments.map(\.text))
      return
    }
    written[file.path] = Set(lines.newLines.map { $0 + 1 })
    let (before, after) = (file.oldArguments, file.newArguments)
    declared.formUnion(after.map(\.text))
    if file.oldRole.isProject { collectLost(lines.oldLines, old, file.oldPath, before) }
    vote(lines, file, old, new, before, after)
    if file.oldRole == .data, file.role == .data, !ManifestFacts.isManifest(file.oldPath) { compareKeys(lines, file, old, new) }
    if file.role.isProject { collectRetirements(lines.newLines, file, old, new) }
  }

  // MARK: What was there

  private mutating func collectLost(_ lines: [Int], _ text: LiteralText, _ path: String, _ arguments: [DeclaredArgument]) {
    let isManifest = ManifestFacts.isManifest(path)
    for number in lines {
      let line = text.lines[number]
      for atom in text.atoms(in: line.startIndex..<line.endIndex) where atom.zone != .comment && atom.zone != .number {
        for (name, kind) in Self.readings(atom, text) where !isManifest || kind == .flag {
          addLost(name, kind, path, number + 1)
          if kind == .flag ? Self.isSpelledOut(atom, text) : Self.isIntroduced(atom, text) { lost[name]?.isDeclared = true }
        }
      }
    }
    // A value of one line may be a key of another that the change left alone.
    for atom in text.atoms where atom.zone == .key || atom.zone == .wholeString {
      let name = text.text(atom)
      guard let known = lost[name], !known.kinds.contains(.configurationKey) else { continue }
      if atom.zone == .key || Self.isKeyText(atom, text) { lost[name]?.kinds.insert(.configurationKey) }
    }
    let removed = Set(lines)
    for argument in arguments where removed.contains(argument.line - 1) {
      addLost(argument.text, argument.kind, path, argument.line)
      lost[argument.text]?.isDeclared = true
      lostArguments.append(argument)
    }
  }

  private mutating func addLost(_ text: String, _ kind: LiteralKind, _ path: String, _ line: Int) {
    lost[text, default: LostLiteral(text: text, kinds: [], path: path, line: line)].kinds.insert(kind)
  }

  /// What an atom of the base's code may be.
  private static func readings(_ atom: Atom, _ text: LiteralText) -> [(String, LiteralKind)] {
    let name = text.text(atom)
    guard atom.end - atom.start <= 120 else { return [] }
    switch atom.zone {
    case .comment, .number: return []
    case .identifier:
      return isEnvironmentAccess(atom, text) && LiteralShape.isEnvironmentVariable(name) ? [(name, .environmentVariable)] : []
    case .key: return LiteralShape.isDistinctive(name) ? [(name, .configurationKey)] : []
    case .string, .wholeString, .data:
      if LiteralShape.isFlag(name) { return [(name, .flag)] }
      if LiteralShape.isEnvironmentVariable(name) { return [(name, .environmentVariable)] }
      guard LiteralShape.isDistinctive(name), !LiteralShape.isFileName(name) else { return [] }
      return [(name, isKeyText(atom, text) ? .configurationKey : .value)]
    }
  }

  /// A string of code that begins with the flag, or with its short form: `"--name"`, `"-n, --name <value>"`.
  private static func isSpelledOut(_ atom: Atom, _ text: LiteralText) -> Bool {
    if atom.zone == .wholeString { return true }
    guard atom.zone == .string else { return false }
    let before = text.bytes[max(0, atom.start - 5)..<atom.start].reversed()
    guard let mark = before.first(where: { $0 != 0x20 && $0 != UInt8(ascii: ",") }) else { return false }
    return "\"'`".utf8.contains(mark) || before.dropFirst(1).contains(LiteralShape.dash)
  }

  /// `process.env.NAME`
  private static func isEnvironmentAccess(_ atom: Atom, _ text: LiteralText) -> Bool {
    let before = text.bytes[max(0, atom.start - 4)..<atom.start]
    return before.elementsEqual("env.".utf8) || before.elementsEqual("ENV.".utf8)
  }

  /// `"name":`, `name =`, `settings["name"]`, `get("name"`, `yaml:"name"`.
  private static func isKeyText(_ atom: Atom, _ text: LiteralText) -> Bool {
    let rest = text.bytes[atom.end...].prefix(4).drop { "\"'` ".utf8.contains($0) }
    if let next = rest.first, ":=".utf8.contains(next) { return true }
    if isIntroduced(atom, text) { return true }
    let opener = text.bytes[max(0, atom.start - 3)..<atom.start].dropLast()
    guard opener.last == UInt8(ascii: "["), rest.first == UInt8(ascii: "]") else { return false }
    return opener.dropLast().last.map { LiteralShape.isWordByte($0) || $0 == UInt8(ascii: ")") } ?? false
  }

  /// A struct's tag or a look-up says that it is a key.
  private static func isIntroduced(_ atom: Atom, _ text: LiteralText) -> Bool {
    let before = text.bytes[max(0, atom.start - 16)..<atom.start]
    guard let quote = before.last, "\"'".utf8.contains(quote) else { return false }
    return keyIntroductions.contains { before.dropLast().suffix($0.count).elementsEqual($0) }
  }

  private static let keyIntroductions = ["get(", "fetch(", "yaml:", "json:", "toml:", "mapstructure:", "koanf:", "rename = ", "name = "].map
  {
    Array($0.utf8)
  }

  // MARK: What took its place

  private mutating func vote(
    _ lines: LineSubstitutions, _ file: FilePairText, _ old: LiteralText, _ new: LiteralText, _ before: [DeclaredArgument],
    _ after: [DeclaredArgument]
  ) {
    let isProject = file.oldRole.isProject && file.role.isProject
    let oldArguments = Dictionary(before.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    let newArguments = Dictionary(after.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    let countByLine = Dictionary(lines.found.map { ($0.oldLine, 1) }, uniquingKeysWith: +)
    for found in lines.found {
      if isProject, countByLine[found.oldLine] == 1 { defaults.add(found, old, new, path: file.path) }
      let place = (path: file.path, line: found.newLine + 1)
      let inComment = found.old.zone == .comment
      func add(_ pair: LiteralVotes.Pair, isDeclaration: Bool) {
        votes.add(
          pair, weight: 0.4 + 0.6 * found.agreement, file: file.number, path: place.path, line: place.line,
          isProject: isProject && !inComment,
          isDeclaration: isDeclaration && isProject)
      }
      let pair = LiteralVotes.Pair(old: old.text(found.old), new: new.text(found.new))
      guard Self.areAlike(found.old.zone, found.new.zone) else { continue }
      let isKey = found.old.zone == .key || (found.old.zone == .data && Self.isKeyText(found.old, old))
      add(pair, isDeclaration: isKey && (found.new.zone == .key || found.new.zone == .data))
      for part in Self.parts(pair) { add(part, isDeclaration: false) }
      // Without a scheme it is an import path.
      if pair.old.contains("://"), let was = LiteralShape.address(in: pair.old), let now = LiteralShape.address(in: pair.new), was != now {
        add(LiteralVotes.Pair(old: was, new: now), isDeclaration: true)
        if isProject { addLost(was, .address, file.oldPath, found.oldLine + 1) }
      }
      if let left = oldArguments[found.oldLine + 1], let right = newArguments[found.newLine + 1], left.kind == right.kind {
        add(LiteralVotes.Pair(old: left.text, new: right.text), isDeclaration: true)
      }
    }
  }

  /// A string becomes a string, a name a name: a string whose place a variable took was not renamed.
  private static func areAlike(_ old: Atom.Zone, _ new: Atom.Zone) -> Bool {
    func family(_ zone: Atom.Zone) -> Int {
      switch zone {
      case .identifier, .key: 0
      case .string, .wholeString, .data: 1
      case .number: 2
      case .comment: 3
      }
    }
    return family(old) == family(new)
  }

  /// The one part in which two compound names differ: `a.b.c` and `a.x.c`.
  static func parts(_ pair: LiteralVotes.Pair) -> [LiteralVotes.Pair] {
    func split(_ text: String) -> [Substring] { text.split(omittingEmptySubsequences: false) { "./:@".contains($0) } }
    let (left, right) = (split(pair.old), split(pair.new))
    guard left.count > 1, left.count == right.count else { return [] }
    let differing = zip(left, right).filter { $0 != $1 }
    guard differing.count == 1 else { return [] }
    return [LiteralVotes.Pair(old: String(differing[0].0), new: String(differing[0].1))]
  }

  // MARK: Sections

  private mutating func compareKeys(_ lines: LineSubstitutions, _ file: FilePairText, _ old: LiteralText, _ new: LiteralText) {
    let (before, after) = (DataKeys(old, path: file.oldPath), DataKeys(new, path: file.path))
    let removed = before.keys.filter { after.keys[$0.key] == nil && after.sections.contains($0.key.section) }
    guard !removed.isEmpty else { return }
    let added = after.keys.filter { before.keys[$0.key] == nil }
    sections[file.oldPath] = before.sections.union(after.sections)
    for (key, line) in removed {
      let gained = added.keys.filter { $0.section == key.section }.map(\.name)
      let lostBeside = removed.keys.count { $0.section == key.section }
      let aligned = lines.found.first { $0.oldLine == line && old.text($0.old) == key.name && gained.contains(new.text($0.new)) }
      var renames: [LiteralRename] = []
      if let aligned {
        renames = [rename(key, new.text(aligned.new), 0.9, "its line", file.path, aligned.newLine + 1)]
      } else if gained.count == 1, lostBeside == 1 {
        let similarity = NameWords(key.name).similarity(to: NameWords(gained[0]))
        let place = added[SectionedKey(section: key.section, name: gained[0])] ?? 0
        renames = [rename(key, gained[0], 0.6 + 0.35 * similarity, "the only new key of the section", file.path, place + 1)]
      }
      guard !renames.isEmpty else { continue }
      sectionLosses[key.name, default: []].append(SectionLoss(key: key, path: file.oldPath, line: line + 1, renames: renames))
    }
  }

  private func rename(_ key: SectionedKey, _ new: String, _ confidence: Double, _ why: String, _ path: String, _ line: Int) -> LiteralRename
  {
    LiteralRename(
      text: new, confidence: min(0.95, confidence),
      evidence: [Evidence("\(key.name) in \(key.section) became \(new): \(why)", path: path, line: line)])
  }

  // MARK: Retirements

  private static let retiringWords = ["deprecat", "renamed", "instead", "unsupported", "replaced by", "obsolete", "no longer"]

  /// Lines that the change wrote, name an old and a new text, and say that the old one is no more.
  private mutating func collectRetirements(_ numbers: [Int], _ file: FilePairText, _ old: LiteralText, _ new: LiteralText) {
    var oldTexts: Set<String>?
    for number in numbers {
      let line = new.lines[number]
      guard line.count < 400 else { continue }
      let words = String(decoding: line, as: UTF8.self).lowercased()
      guard Self.retiringWords.contains(where: words.contains) else { continue }
      let known = oldTexts ?? Self.texts(old)
      oldTexts = known
      let names = new.atoms(in: line.startIndex..<line.endIndex).map(new.text).filter {
        LiteralShape.isFlag($0) || LiteralShape.isDistinctive($0)
      }
      guard names.count <= 8 else { continue }
      for name in Set(names) where known.contains(name) {
        for target in Set(names) where votes.targets[name]?.contains(target) == true && votes.targets[target]?.contains(name) != true {
          retired[name, default: []].append(Retirement(new: target, path: file.path, line: number + 1))
          if lost[name] == nil { addKinds(of: name, old, file.oldPath) }
        }
      }
    }
  }

  private static func texts(_ text: LiteralText) -> Set<String> { Set(text.atoms.lazy.filter { $0.zone != .comment }.map(text.text)) }

  private mutating func addKinds(of name: String, _ text: LiteralText, _ path: String) {
    for atom in text.atoms where atom.zone != .comment && text.text(atom) == name {
      for (name, kind) in Self.readings(atom, text) { addLost(name, kind, path, 1) }
    }
  }
}
