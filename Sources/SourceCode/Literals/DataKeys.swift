// Keys of YAML and TOML files with the section that each stands in: the same key may mean something in one section and nothing in
// another.

import Domain

/// A key under its section.
struct SectionedKey: Hashable {
  var section: String
  var name: String
}

/// The keys of one data file.
struct DataKeys {
  /// With the 0-based line of the first.
  private(set) var keys: [SectionedKey: Int] = [:]
  /// Every section that has keys.
  private(set) var sections: Set<String> = []

  private static let maximumKeys = 20_000

  init(_ text: LiteralText, path: String) {
    let ending = path.split(separator: ".").last?.lowercased() ?? ""
    if ending == "yml" || ending == "yaml" { readYAML(text) }
    if ending == "toml" { readTOML(text) }
  }

  private mutating func add(_ section: String, _ name: String, _ line: Int) {
    guard keys.count < Self.maximumKeys else { return }
    let key = SectionedKey(section: section, name: name)
    if keys[key] == nil { keys[key] = line }
    sections.insert(section)
  }

  private mutating func readYAML(_ text: LiteralText) {
    var stack: [(indent: Int, name: String)] = []
    for (number, line) in text.lines.enumerated() {
      let indent = line.prefix { $0 == 0x20 }.count
      guard let name = Self.key(line.dropFirst(indent), mark: UInt8(ascii: ":")) else { continue }
      while let last = stack.last, last.indent >= indent { stack.removeLast() }
      if let parent = stack.last { add(parent.name, name, number) }
      if stack.count < 32 { stack.append((indent, name)) }
    }
  }

  private mutating func readTOML(_ text: LiteralText) {
    var section = ""
    for (number, line) in text.lines.enumerated() {
      if line.first == UInt8(ascii: "[") {
        section = String(decoding: line.dropFirst().prefix { $0 != UInt8(ascii: "]") }, as: UTF8.self)
      } else if !section.isEmpty, let name = Self.key(line, mark: UInt8(ascii: "=")) {
        add(section, name, number)
      }
    }
  }

  /// `name:` or `name =`, perhaps quoted.
  private static func key(_ line: ArraySlice<UInt8>, mark: UInt8) -> String? {
    let quotes = Array("\"'".utf8)
    let body = line.first.map(quotes.contains) == true ? line.dropFirst() : line
    let name = body.prefix { LiteralShape.isWordByte($0) || "-./".utf8.contains($0) }
    guard !name.isEmpty, name.count <= 80 else { return nil }
    let rest = body[name.endIndex...].drop { quotes.contains($0) || $0 == 0x20 }
    return rest.first == mark ? String(decoding: name, as: UTF8.self) : nil
  }
}
