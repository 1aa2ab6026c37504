// The names that a project publishes itself under, as its manifests say: Cargo.toml, package.json, pyproject.toml, setup.cfg,
// setup.py, go.mod, Package.swift, gemspecs, composer.json. Read line by line: a manifest that is written unusually gives no name.

/// Reads names out of manifests.
enum PackageNames {
  /// Whether a path is a manifest, or another file that lists packages by their names.
  static func isManifest(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    return manifests.contains(name) || name.hasSuffix(".gemspec") || name.hasSuffix(".csproj")
      || name.hasPrefix("requirements") && name.hasSuffix(".txt")
  }

  private static let manifests: Set<String> = [
    "cargo.toml", "package.json", "pyproject.toml", "setup.cfg", "setup.py", "go.mod", "package.swift", "composer.json", "pom.xml",
    "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "deno.json", "jsr.json", "pubspec.yaml", "mix.exs",
    "gemfile", "libs.versions.toml",
  ]

  /// The packages, products and modules that a manifest declares as its own.
  static func declared(in bytes: [UInt8], path: String) -> [String] {
    let file = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let lines = bytes.split(separator: 0x0A).prefix(4000).map { String(decoding: $0.prefix(400), as: UTF8.self).trimmed }
    switch file {
    case "cargo.toml": return section(lines, ["package", "lib"], "name")
    case "pyproject.toml": return section(lines, ["project", "tool.poetry"], "name")
    case "setup.cfg": return section(lines, ["metadata"], "name")
    case "setup.py": return lines.filter { $0.hasPrefix("name=") || $0.hasPrefix("name =") }.compactMap(value)
    case "package.json", "composer.json", "deno.json", "jsr.json":
      return lines.first { $0.hasPrefix("\"name\"") }.flatMap { $0.split(separator: ":", maxSplits: 1).last.map(String.init) }.flatMap(
        value
      )
      .map { [$0] } ?? []
    case "go.mod": return lines.filter { $0.hasPrefix("module ") }.map { String($0.dropFirst(7)).trimmed }
    case "package.swift":
      return lines.flatMap { line in
        let calls = ["library(name:", "executable(name:", "plugin(name:", "arget(name:"].compactMap { line.range(behind: $0) }
        return (line.hasPrefix("name:") ? [line] + calls : calls).compactMap(value)
      }
    default: return file.hasSuffix(".gemspec") ? lines.filter { $0.contains(".name") && $0.contains("=") }.compactMap(value) : []
    }
  }

  private static func section(_ lines: [String], _ sections: Set<String>, _ key: String) -> [String] {
    var isInside = false
    var names: [String] = []
    for line in lines {
      if line.hasPrefix("[") {
        isInside = sections.contains(line.filter { $0 != "[" && $0 != "]" }.trimmed)
      } else if isInside, line.hasPrefix(key), line.dropFirst(key.count).drop(while: { $0 == " " }).first == "=" {
        let rest = String(line.drop { $0 != "=" }.dropFirst()).trimmed
        names.append(value(rest) ?? String(rest.prefix { $0 != " " && $0 != "#" }))
      }
    }
    return names.filter { !$0.isEmpty }
  }

  /// The first quoted text.
  private static func value(_ text: String) -> String? {
    guard let quote = text.first(where: { $0 == "\"" || $0 == "'" }), let start = text.firstIndex(of: quote) else { return nil }
    let rest = text[text.index(after: start)...]
    guard let end = rest.firstIndex(of: quote), end != rest.startIndex else { return nil }
    return String(rest[..<end])
  }
}

extension String {
  /// Without spaces at its ends.
  fileprivate var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }

  /// What stands behind the first occurrence of a text.
  fileprivate func range(behind needle: String) -> String? {
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(needle) { return String(rest.dropFirst(needle.count)) }
      rest = rest.dropFirst()
    }
    return nil
  }
}
