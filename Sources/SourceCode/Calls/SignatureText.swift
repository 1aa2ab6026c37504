// Signatures as documents show them: `task(retries=0, delay=None)` behind a directive or in a code span, `disabled(_:line:)` as Swift names
// functions, `def convert(self, value):` in a sample that overrides. Where the list is the one that the base declared, it takes the
// parameters that the head declares.

import Domain

/// A signature in a document that is the base's.
public struct SignatureCopy: Sendable, Hashable {
  /// The name and its list, in the document.
  public var range: Range<Int>
  /// What stands there, and what the head declares.
  public var old: String
  public var new: String
  public var path: String
  public var line: Int
  public var confidence: Double
}

/// Finds signatures of changed callables in a text.
struct SignatureReader {
  private let bytes: [UInt8]
  private let changes: ParameterChanges
  private let names: Set<UInt64>

  private static let maximumLength = 600

  init(_ bytes: [UInt8], _ changes: ParameterChanges) {
    self.bytes = bytes
    self.changes = changes
    names = Set(changes.byCallee.keys.map { identifierHash($0.utf8) })
  }

  /// Every signature of the text that the change made stale.
  func copies() -> [SignatureCopy] {
    var copies: [SignatureCopy] = []
    var index = 0
    while index < bytes.count {
      guard Lexer.isNameByte(bytes[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < bytes.count, Lexer.isNameByte(bytes[index]) { index += 1 }
      guard index < bytes.count, bytes[index] == UInt8(ascii: "("), names.contains(identifierHash(bytes[start..<index])) else { continue }
      if let close = close(of: index), let copy = copy(start, index, close) { copies.append(copy) }
    }
    return copies
  }

  private func close(of open: Int) -> Int? {
    var depth = 0
    for index in open..<min(bytes.count, open + Self.maximumLength) {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return index }
      case 0x60: return nil
      // Directives go on behind a backslash.
      case 0x0A where index > 0 && bytes[index - 1] == UInt8(ascii: "\\"): break
      case 0x0A: return nil
      default: break
      }
    }
    return nil
  }

  private func copy(_ start: Int, _ open: Int, _ close: Int) -> SignatureCopy? {
    let name = String(decoding: bytes[start..<open], as: UTF8.self)
    let list = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
    var found: [(String, ParameterChange)] = []
    let all = (changes.byCallee[name] ?? []).map { changes.changes[$0] }
    let owned = all.filter { isOwned($0, start) }
    for change in owned.isEmpty ? all : owned {
      guard fits(change, before: start) else { continue }
      if let new = selector(list, change, at: start) ?? signature(list, change, at: start) { found.append((new, change)) }
    }
    guard let (new, change) = found.first, found.allSatisfy({ $0.0 == new }), new != list else { return nil }
    guard !shows(Array("\(name)(\(new))".utf8)) else { return nil }
    return SignatureCopy(
      range: start..<close + 1, old: "\(name)(\(list))", new: "\(name)(\(new))", path: change.new.path, line: change.new.line,
      confidence: 0.92)
  }

  /// Whether the document has the new signature as well.
  private func shows(_ signature: [UInt8]) -> Bool { bytes.contains(signature) }

  /// Whether the qualifier before the name, if one stands there, is the owner.
  private func fits(_ change: ParameterChange, before start: Int) -> Bool {
    guard start > 1, bytes[start - 1] == UInt8(ascii: "/") || bytes[start - 1] == UInt8(ascii: "#"), let owner = change.old.owner.last
    else {
      return true
    }
    var begin = start - 1
    while begin > 0, Lexer.isNameByte(bytes[begin - 1]) { begin -= 1 }
    let qualifier = String(decoding: bytes[begin..<(start - 1)], as: UTF8.self)
    return qualifier.isEmpty || qualifier == owner
  }

  // MARK: `name(label:label:)`

  private func selector(_ list: String, _ change: ParameterChange, at start: Int) -> String? {
    guard change.new.language == .swift, list.hasSuffix(":"), !list.contains(" ") else { return nil }
    let labels = list.dropLast().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard labels == ParameterChanges.labels(change.old), changes.declared[change.new.name]?.contains(labels) != true else { return nil }
    let new = ParameterChanges.labels(change.new)
    guard isSymbolLink(start) || !Self.onlyGainsDefaults(change, labels, new) else { return nil }
    return new.map { $0 + ":" }.joined()
  }

  /// Whether callers may go on as before: then prose may, too.
  private static func onlyGainsDefaults(_ change: ParameterChange, _ old: [String], _ new: [String]) -> Bool {
    let kept = zip(new, change.new.declaration.parameters ?? []).filter { old.contains($0.0) || $0.1.defaultValue == nil }
    return kept.map(\.0) == old
  }

  /// Whether it stands in double backticks, where all labels must be there.
  private func isSymbolLink(_ start: Int) -> Bool {
    var index = start - 1
    while index > 0, Lexer.isNameByte(bytes[index]) || bytes[index] == UInt8(ascii: "/") || bytes[index] == UInt8(ascii: ".") { index -= 1 }
    return index > 0 && bytes[index] == 0x60 && bytes[index - 1] == 0x60
  }

  // MARK: `name(a, b=1)`

  private func signature(_ list: String, _ change: ParameterChange, at start: Int) -> String? {
    switch change.new.language {
    case .python, .ruby, .javascript, .php: break
    default: return nil
    }
    let pieces = Self.pieces(list)
    let shown = pieces.filter { !Self.isMarker($0) }
    let old = (change.old.declaration.parameters ?? []).map { $0 }
    let hasReceiver = shown.first.map { Self.name($0) == "self" || Self.name($0) == "cls" } ?? false
    let before = hasReceiver ? old : old.filter { $0.name != "self" && $0.name != "cls" }
    guard !shown.isEmpty, shown.count == before.count else { return nil }
    var showsDefaults = false
    for (piece, parameter) in zip(shown, before) {
      guard Self.name(piece) == parameter.name else { return nil }
      guard let value = Self.defaultValue(piece) else { continue }
      guard Self.isSame(value, parameter.defaultValue) else { return nil }
      showsDefaults = true
    }
    guard showsDefaults || isDefinition(start) else { return nil }
    // Another callable of the name may still take this list, unless the text says whose it is.
    let isKept = !isOwned(change, start) && changes.declared[change.new.name]?.contains(ParameterChanges.labels(change.old)) == true
    guard !isKept || ParameterChanges.labels(change.old) == ParameterChanges.labels(change.new) else { return nil }
    let new = (change.new.declaration.parameters ?? []).filter { parameter in
      let isOld = before.contains { $0.name == parameter.name }
      return (hasReceiver || parameter.name != "self" && parameter.name != "cls") && (isOld || !parameter.name.hasPrefix("_"))
    }
    return Self.joined(pieces, before.map(\.name), new)
  }

  /// The list with the parameters of the head: those that stay keep their text, the others are written as their neighbours are.
  private static func joined(_ pieces: [String], _ old: [String], _ new: [Parameter]) -> String? {
    let hasTypes = pieces.contains { piece in !isMarker(piece) && piece.prefix { $0 != "=" }.contains(":") }
    let kept = Set(new.map(\.name))
    // A marker goes before the parameter that it stood before, and away with the last of them.
    var markers: [String: [String]] = [:]
    var waiting: [String] = []
    var byName: [String: String] = [:]
    for piece in pieces {
      if isMarker(piece) {
        waiting.append(piece)
      } else {
        byName[name(piece)] = piece
        if kept.contains(name(piece)) {
          markers[name(piece)] = waiting
          waiting = []
        }
      }
    }
    guard waiting.isEmpty else { return nil }
    var result: [String] = []
    for (index, parameter) in new.enumerated() {
      result += markers[parameter.name] ?? []
      if let piece = byName[parameter.name], let renewed = renewed(piece, parameter) {
        result.append(renewed)
      } else {
        // What takes the place of another stands on its line.
        let replaced = index < old.count && !kept.contains(old[index]) ? byName[old[index]] : nil
        result.append((replaced.map { String($0.prefix(while: isBlank)) } ?? " ") + written(parameter, hasTypes: hasTypes))
      }
    }
    if let first = result.first, pieces.first?.first != " " { result[0] = String(first.drop { $0 == " " }) }
    return result.joined(separator: ",")
  }

  private static func written(_ parameter: Parameter, hasTypes: Bool) -> String {
    let type = hasTypes ? parameter.type : nil
    let value = parameter.defaultValue.map { type == nil ? "=\($0)" : " = \($0)" } ?? ""
    return parameter.name + (type.map { ": \($0)" } ?? "") + value
  }

  /// `*` and `/` in a list are no parameters.
  private static func isMarker(_ piece: String) -> Bool {
    let text = trimmed(piece)
    return text == "*" || text == "/"
  }

  /// Whether two defaults are one, whatever their quotes and blanks.
  private static func isSame(_ shown: String, _ declared: String?) -> Bool {
    func plain(_ text: String) -> String {
      let plain = String(text.filter { !" \n\t\\".contains($0) }.map { $0 == "\"" ? "'" : $0 })
      // The prefix of a string is no part of its token.
      return plain.dropFirst().first == "'" && plain.first?.isLetter == true ? String(plain.dropFirst()) : plain
    }
    return declared.map { plain($0) == plain(shown) } ?? false
  }

  /// The piece as it is shown, with the parameter's default where it shows one.
  private static func renewed(_ piece: String, _ parameter: Parameter) -> String? {
    guard let value = defaultValue(piece) else { return piece }
    guard let new = parameter.defaultValue else { return nil }
    return isSame(value, new) ? piece : String(piece.prefix { $0 != "=" }) + "=" + new
  }

  // MARK: Whose it is

  /// Whether the text says that the callable is this owner's: a directive inside of the owner's, a method in a class made of it.
  private func isOwned(_ change: ParameterChange, _ start: Int) -> Bool {
    guard let owner = change.old.owner.last else { return false }
    return enclosing(start)?.contains(owner) == true
  }

  /// The names on the nearest line before, less indented, that opens a class: `.. class:: Name`, `class Mine(Name):`.
  private func enclosing(_ start: Int) -> [String]? {
    var line = lineStart(start)
    var indentation = indent(line)
    var steps = 0
    while line > 0, indentation > 0, steps < 2000 {
      line = lineStart(line - 1)
      steps += 1
      let own = indent(line)
      guard line + own < bytes.count, bytes[line + own] != 0x0A, bytes[line + own] != 0x0D, own < indentation else { continue }
      indentation = own
      let text = String(decoding: bytes[line...].prefix(300).prefix { $0 != 0x0A }, as: UTF8.self)
      let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
      if words.first == "class" || words.dropFirst().first == "class" && words.first == "py" { return Array(words.dropFirst()) }
    }
    return nil
  }

  private func lineStart(_ offset: Int) -> Int {
    var begin = offset
    while begin > 0, bytes[begin - 1] != 0x0A { begin -= 1 }
    return begin
  }

  private func indent(_ line: Int) -> Int {
    var index = line
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    return index - line
  }

  /// Cut at the commas that stand in no bracket and no string. The pieces keep their blanks.
  private static func pieces(_ list: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    var depth = 0
    var quote: Character?
    for character in list {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if "([{".contains(character) {
        depth += 1
      } else if ")]}".contains(character) {
        depth -= 1
      } else if character == ",", depth == 0 {
        pieces.append(piece)
        piece = ""
        continue
      }
      piece.append(character)
    }
    if !trimmed(piece).isEmpty { pieces.append(piece) }
    return pieces
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }

  /// A list may go on in the next line, behind a backslash.
  private static func isBlank(_ character: Character) -> Bool { " \t\n\r\r\n\\".contains(character) }

  private static func name(_ piece: String) -> String {
    String(trimmed(piece).drop { "*&.".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
  }

  private static func defaultValue(_ piece: String) -> String? {
    guard let mark = piece.firstIndex(of: "=") else { return nil }
    return trimmed(String(piece[piece.index(after: mark)...]))
  }

  /// Whether the line defines the function, or is a directive or a title that documents it.
  private func isDefinition(_ start: Int) -> Bool {
    var begin = start
    while begin > 0, bytes[begin - 1] != 0x0A { begin -= 1 }
    let line = String(decoding: bytes[begin..<start], as: UTF8.self)
    let words = line.split(separator: " ")
    return words.last == "def" || words.last == "function" || words.first == ".." || line.hasPrefix("#")
  }
}
