// What a manifest says of versions: the project's own, the toolchain's least, its dependencies'. Manifests are read line by line, each
// format as far as these facts need it; what is written in an unusual way is not seen, and then nothing is said about it.

import Domain

/// Whose version it is.
public enum VersionSubject: Sendable, Hashable {
  /// The project's own release, by the names under which it is published.
  case project
  /// The least version of a language's toolchain: `rust`, `go`, `node`, `python`, `ruby`, `swift`, `java`, `php`, `dotnet`.
  case toolchain(String)
  /// A dependency's version or least version.
  case dependency(String)
}

/// The facts of one manifest.
struct ManifestFacts {
  struct Fact {
    var version: String
    /// 1-based.
    var line: Int
  }

  private(set) var versions: [VersionSubject: Fact] = [:]
  /// Names under which the project is published, and its repository's.
  private(set) var names: Set<String> = []

  private let lines: [String]

  /// Nil for a file that is no manifest.
  init?(path: String, bytes: [UInt8]) {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard let reader = Self.reader(name), bytes.count <= 1 << 20 else { return nil }
    lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    switch reader {
    case .cargo: readTOML(sections: Self.cargo)
    case .python: readTOML(sections: Self.pyproject)
    case .package: readPackage()
    case .go: readGo()
    case .swift: readSwift()
    case .assignments: readAssignments()
    }
  }

  static func isManifest(_ path: String) -> Bool { reader(path.split(separator: "/").last.map(String.init) ?? "") != nil }

  private enum Reader { case cargo, python, package, go, swift, assignments }

  private static func reader(_ name: String) -> Reader? {
    switch name {
    case "Cargo.toml": .cargo
    case "pyproject.toml": .python
    case "package.json": .package
    case "go.mod": .go
    case "Package.swift": .swift
    case "setup.py", "setup.cfg", "gradle.properties", "version.rb", "__init__.py", "_version.py", "version.py", "__about__.py", "mix.exs":
      .assignments
    default: name.hasSuffix(".gemspec") || name.hasSuffix(".csproj") ? .assignments : nil
    }
  }

  private mutating func set(_ subject: VersionSubject, _ text: some StringProtocol, _ line: Int) {
    guard let version = VersionText.first(in: String(text)), versions[subject] == nil else { return }
    versions[subject] = Fact(version: version, line: line + 1)
  }

  private mutating func addRepository(_ text: some StringProtocol) {
    let parts = String(text).split(separator: "/" as Character).map(String.init)
    guard let host = parts.firstIndex(where: { $0.hasSuffix("github.com") || $0.hasSuffix("gitlab.com") }), parts.count > host + 2 else {
      return
    }
    names.insert(parts[host + 2].hasSuffix(".git") ? String(parts[host + 2].dropLast(4)) : parts[host + 2])
  }

  // MARK: TOML

  private struct Sections {
    var project: Set<String>
    var dependencies: [String]
    var toolchain: [String: String]
  }

  private static let cargo = Sections(
    project: ["package", "workspace.package"], dependencies: ["dependencies", "workspace.dependencies"], toolchain: ["rust-version": "rust"]
  )
  private static let pyproject = Sections(
    project: ["project", "tool.poetry"], dependencies: ["tool.poetry.dependencies"],
    toolchain: ["requires-python": "python", "python": "python"])

  private mutating func readTOML(sections: Sections) {
    var section = ""
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("[") {
        section = String(line.dropFirst().prefix { $0 != "]" })
        continue
      }
      guard let equals = line.firstIndex(of: "=") else { continue }
      let key = String(line[..<equals].filter { $0 != " " && $0 != "\"" })
      let value = line[line.index(after: equals)...]
      if let tool = sections.toolchain[key], sections.project.contains(section) || sections.dependencies.contains(section) {
        set(.toolchain(tool), value, number)
      } else if sections.project.contains(section) {
        readProject(key, value, number)
      } else if sections.dependencies.contains(section), value.contains("\""), !value.contains("path") {
        set(.dependency(key), value, number)
      }
    }
  }

  private mutating func readProject(_ key: String, _ value: Substring, _ number: Int) {
    let text = value.filter { $0 != "\"" && $0 != " " }
    if key == "version" { set(.project, text, number) }
    if key == "name" { names.insert(String(text)) }
    if key == "repository" { addRepository(text) }
  }

  // MARK: package.json

  private mutating func readPackage() {
    var stack: [String] = []
    for (number, line) in lines.enumerated() {
      let parts = line.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
      let key = parts.count > 1 ? parts[1] : ""
      if parts.count > 3, stack.count <= 2 { readMember(key, parts[3], stack.last ?? "", stack.count, number) }
      let opens = line.utf8.count { $0 == UInt8(ascii: "{") } - line.utf8.count { $0 == UInt8(ascii: "}") }
      if opens > 0 { stack.append(key) } else if opens < 0 { _ = stack.popLast() }
    }
  }

  private mutating func readMember(_ key: String, _ value: String, _ parent: String, _ depth: Int, _ number: Int) {
    if depth <= 1 {
      if key == "name" { names.insert(value) }
      if key == "version" { set(.project, value, number) }
      if key == "repository" { addRepository(value) }
    } else if parent == "repository", key == "url" {
      addRepository(value)
    } else if parent == "engines", key == "node" {
      set(.toolchain("node"), value, number)
    } else if parent == "peerDependencies" || parent == "dependencies" {
      set(.dependency(key), value, number)
    }
  }

  // MARK: Go, Swift

  private mutating func readGo() {
    for (number, line) in lines.enumerated() {
      let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard let first = words.first else { continue }
      if first == "module", words.count > 1 {
        names.insert(words[1])
        addRepository("https://" + words[1])
      } else if first == "go", words.count > 1 {
        set(.toolchain("go"), words[1], number)
      } else {
        let offset = first == "require" ? 1 : 0
        guard words.count > offset + 1, words[offset].contains("."), words[offset + 1].hasPrefix("v"), !line.contains("// indirect") else {
          continue
        }
        set(.dependency(words[offset]), words[offset + 1], number)
      }
    }
  }

  private mutating func readSwift() {
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("//"), let mark = line.range(of: "swift-tools-version") {
        set(.toolchain("swift"), line[mark.upperBound...], number)
      }
      if let mark = line.range(of: "url:"), let from = line.range(of: "from:"), from.lowerBound > mark.upperBound {
        let url = line[mark.upperBound..<from.lowerBound].split(separator: "\"")
        let path = url.first { $0.contains("/") } ?? ""
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        if !last.isEmpty { set(.dependency(last.hasSuffix(".git") ? String(last.dropLast(4)) : last), line[from.upperBound...], number) }
      }
    }
  }

  // MARK: Others

  /// `version = "1.2"`, `__version__ = '1.2'`, `python_requires=">=3.8"`, `spec.required_ruby_version = ">= 2.7"`, `VERSION_NAME=1.2`.
  private mutating func readAssignments() {
    for (number, line) in lines.enumerated() {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let left = line[..<equals].split { !($0.isLetter || $0.isNumber || $0 == "_") }.last.map(String.init) ?? ""
      let value = line[line.index(after: equals)...]
      switch left.lowercased() {
      case "version", "__version__", "version_name", "string": set(.project, value, number)
      case "python_requires": set(.toolchain("python"), value, number)
      case "required_ruby_version": set(.toolchain("ruby"), value, number)
      case "name": names.insert(String(value.split { "\"' ,".contains($0) }.first ?? ""))
      default: break
      }
    }
    names.remove("")
  }
}

extension String {
  fileprivate func range(of needle: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return nil
  }
}

/// Versions in text.
public enum VersionText {
  /// The first version of a text: digits with at least one dot, or digits alone behind `>=`, `^`, `~` or a quote; with what follows a
  /// hyphen (`2.0.0-rc.1`).
  static func first(in text: String) -> String? {
    let bytes = Array(text.utf8)
    guard let start = bytes.firstIndex(where: LiteralShape.isDigit) else { return nil }
    var end = start
    while end < bytes.count,
      LiteralShape.isDigit(bytes[end]) || (bytes[end] == 0x2E && end + 1 < bytes.count && LiteralShape.isDigit(bytes[end + 1]))
    {
      end += 1
    }
    if end + 1 < bytes.count, bytes[end] == LiteralShape.dash, LiteralShape.isLetter(bytes[end + 1]) {
      end += 1
      while end < bytes.count, LiteralShape.isWordByte(bytes[end]) || bytes[end] == 0x2E { end += 1 }
    }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// Whether it is more than digits and dots: a release that is not out.
  public static func isPrerelease(_ version: String) -> Bool { version.utf8.contains { LiteralShape.isLetter($0) } }

  /// Its numbers.
  static func numbers(_ version: String) -> [Int] { version.prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) } }

  /// Whether it is greater, number by number.
  static func isGreater(_ left: String, than right: String) -> Bool {
    let (a, b) = (numbers(left), numbers(right))
    for index in 0..<max(a.count, b.count) {
      let (x, y) = (index < a.count ? a[index] : 0, index < b.count ? b[index] : 0)
      if x != y { return x > y }
    }
    return false
  }

  /// The ways in which documents shorten it, longest first: `1.78.0`, `1.78`. One number alone is no version that a text names.
  public static func spellings(_ version: String) -> [String] {
    var spellings = [version]
    if version.hasSuffix(".0"), version.split(separator: ".").count == 3 { spellings.append(String(version.dropLast(2))) }
    return spellings
  }
}
