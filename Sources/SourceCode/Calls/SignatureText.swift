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
      case 0x60, 0x0A: return nil
      default: break
      }
    }
    return nil
  }

  private func copy(_ start: Int, _ open: Int, _ close: Int) -> SignatureCopy? {
    let name = String(decoding: bytes[start..<open], as: UTF8.self)
    let list = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
    var found: [(String, ParameterChange)] = []
    for index in changes.byCallee[name] ?? [] {
      let change = changes.changes[index]
      guard fits(change, before: start) else { continue }
      if let new = selector(list, change) ?? signature(list, change, at: start) { found.append((new, change)) }
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

  private func selector(_ list: String, _ change: ParameterChange) -> String? {
    guard change.new.language == .swift, list.hasSuffix(":"), !list.contains(" ") else { return nil }
    let labels = list.dropLast().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard labels == ParameterChanges.labels(change.old), changes.declared[change.new.name]?.contains(labels) != true else { return nil }
    return ParameterChanges.labels(change.new).map { $0 + ":" }.joined()
  }

  // MARK: `name(a, b=1)`

  private func signature(_ list: String, _ change: ParameterChange, at start: Int) -> String? {
    switch change.new.language {
    case .python, .ruby, .javascript, .php: break
    default: return nil
    }
    let shown = Self.pieces(list)
    let old = (change.old.declaration.parameters ?? []).map { $0 }
    let hasReceiver = shown.first.map { Self.name($0) == "self" || Self.name($0) == "cls" } ?? false
    let before = hasReceiver ? old : old.filter { $0.name != "self" && $0.name != "cls" }
    guard !shown.isEmpty, shown.count == before.count else { return nil }
    var showsDefaults = false
    for (piece, parameter) in zip(shown, before) {
      guard Self.name(piece) == parameter.name else { return nil }
      guard let value = Self.defaultValue(piece) else { continue }
      guard value == parameter.defaultValue else { return nil }
      showsDefaults = true
    }
    guard showsDefaults || isDefinition(start) else { return nil }
    let isKept = changes.declared[change.new.name]?.contains(ParameterChanges.labels(change.old)) == true
    guard !isKept || ParameterChanges.labels(change.old) == ParameterChanges.labels(change.new) else { return nil }
    let byName = Dictionary(shown.map { (Self.name($0), $0) }, uniquingKeysWith: { first, _ in first })
    let new = (change.new.declaration.parameters ?? []).filter { hasReceiver || $0.name != "self" && $0.name != "cls" }
    return new.map { parameter in
      if let piece = byName[parameter.name], let renewed = Self.renewed(piece, parameter) { return renewed }
      return parameter.name + (parameter.defaultValue.map { "=\($0)" } ?? "")
    }.joined(separator: ", ")
  }

  /// The piece as it is shown, with the parameter's default where it shows one.
  private static func renewed(_ piece: String, _ parameter: Parameter) -> String? {
    guard let value = defaultValue(piece) else { return piece }
    guard let new = parameter.defaultValue else { return nil }
    return value == new ? piece : String(piece.prefix { $0 != "=" }) + "=" + new
  }

  /// Cut at the commas that stand in no bracket and no string.
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
        pieces.append(trimmed(piece))
        piece = ""
        continue
      }
      piece.append(character)
    }
    if !trimmed(piece).isEmpty { pieces.append(trimmed(piece)) }
    return pieces
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func name(_ piece: String) -> String {
    String(piece.drop { "*&.".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
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
