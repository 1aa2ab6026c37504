// The packages that a manifest asks for, by name. Like the other facts of manifests they are read line by line; what is written in an
// unusual way is not seen.

import Domain

/// Reads the names of dependencies out of manifests.
enum DependencyNames {
  /// Whether it may list dependencies.
  static func isManifest(_ path: String) -> Bool { format(path) != nil }

  /// A list of requirements, which is often what a tool has resolved: that a package stands there does not say that the project asks for it.
  static func isResolved(_ path: String) -> Bool { format(path) == .requirements }

  private enum Format { case package, cargo, python, requirements, go, ruby }

  private static func format(_ path: String) -> Format? {
    let parts = path.split(separator: "/").map { $0.lowercased() }
    let name = parts.last ?? ""
    switch name {
    case "package.json": return .package
    case "cargo.toml": return .cargo
    case "pyproject.toml", "setup.py", "setup.cfg", "pipfile": return .python
    case "go.mod": return .go
    case "gemfile": return .ruby
    default:
      if name.hasSuffix(".gemspec") { return .ruby }
      guard name.hasSuffix(".txt") || name.hasSuffix(".in") else { return nil }
      return name.hasPrefix("requirements") || name.hasSuffix("requirements.txt") || parts.dropLast().last == "requirements"
        ? .requirements : nil
    }
  }

  /// Names and the 1-based lines on which they stand first.
  static func read(_ bytes: [UInt8], path: String) -> [String: Int] {
    guard let format = format(path), bytes.count <= 1 << 20 else { return [:] }
    var found: [String: Int] = [:]
    var section = ""
    for (number, line) in LineDiff.lines(of: bytes).prefix(20_000).enumerated() where line.count <= 400 {
      let text = String(decoding: line, as: UTF8.self)
      let trimmed = String(text.drop { $0 == " " || $0 == "\t" }.prefix { $0 != "\n" && $0 != "\r" })
      if let opened = opensSection(trimmed, format) {
        section = opened
        if format == .cargo, let name = section.split(separator: ".").last, section.contains("dependencies."), found[String(name)] == nil {
          found[String(name)] = number + 1
        }
        continue
      }
      for name in names(trimmed, format, section) where found[name] == nil { found[name] = number + 1 }
    }
    return found
  }

  private static func opensSection(_ line: String, _ format: Format) -> String? {
    switch format {
    case .cargo, .python: return line.hasPrefix("[") ? String(line.dropFirst().prefix { $0 != "]" }) : nil
    case .package:
      guard line.hasSuffix("{") else { return line.hasPrefix("}") ? "" : nil }
      return line.split(separator: "\"").first.map(String.init) ?? ""
    case .requirements, .go, .ruby: return nil
    }
  }

  private static func names(_ line: String, _ format: Format, _ section: String) -> [String] {
    switch format {
    case .package:
      guard section.lowercased().hasSuffix("dependencies"), line.hasPrefix("\"") else { return [] }
      return line.split(separator: "\"").first.map { [String($0)] } ?? []
    case .cargo: return section.hasSuffix("dependencies") ? key(line) : []
    case .python:
      if section.hasSuffix("dependencies"), line.contains("="), let name = key(line).first, !line.hasPrefix("\"") { return [name] }
      return line.split { $0 == "\"" || $0 == "'" }.compactMap { requirement(String($0), isBare: false) }
        + [requirement(line, isBare: false)].compactMap(\.self)
    case .requirements: return [requirement(line, isBare: true)].compactMap(\.self)
    case .go:
      let words = line.split(separator: " ").filter { $0 != "require" }
      return words.count >= 2 && words[0].contains(".") && words[1].hasPrefix("v") && !line.contains("=>") ? [String(words[0])] : []
    case .ruby:
      guard line.hasPrefix("gem ") || line.contains("dependency") else { return [] }
      return line.split { $0 == "\"" || $0 == "'" }.dropFirst().first.map { [String($0)] } ?? []
    }
  }

  private static func key(_ line: String) -> [String] {
    let name = line.prefix { $0 != "=" && $0 != " " && $0 != "." }
    return name.isEmpty || name.hasPrefix("#") ? [] : [name.filter { $0 != "\"" }]
  }

  /// `name>=1.0`, `name[extra]; marker`; bare `name` where nothing but requirements stands.
  private static func requirement(_ text: String, isBare: Bool) -> String? {
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard let first = name.first, first.isLetter, name.utf8.count >= 2 else { return nil }
    let rest = text.dropFirst(name.count).drop { $0 == " " }
    guard let mark = rest.first else { return isBare || rest.isEmpty && text.contains("-") ? String(name) : nil }
    if isBare { return "[<>=!~;#@".contains(mark) ? String(name) : nil }
    return [">=", "<=", "==", "~=", "!=", ";", "["].contains { rest.hasPrefix($0) } ? String(name) : nil
  }
}
