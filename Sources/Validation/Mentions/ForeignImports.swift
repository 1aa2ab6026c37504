// Names that a page imports from somebody else's package. What the repository lost under that name lives on there, often because it
// moved there.

import Documents
import Domain

enum ForeignImports {
  /// Package manifests that are read to know the repository's own names.
  private static let maximumManifests = 100

  /// Whether a sample of the document imports the name from a package that the repository does not publish.
  static func bring(_ name: String, to context: RuleContext) -> Bool {
    let lines = context.document.snippets.flatMap { $0.code.split(separator: 0x0A) }.filter { $0.contains(text: name) }
    let packages = Set(lines.compactMap(package))
    guard !packages.isEmpty else { return false }
    let own = ownPackages(context)
    return packages.contains { !own.contains($0) }
  }

  /// The package of `import { a } from "package/part"` and of `from package.part import a`.
  private static func package(_ line: ArraySlice<UInt8>) -> String? {
    if let from = line.offset(of: " from ") {
      let rest = line.dropFirst(from + 6).drop { $0 == 0x20 }
      guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
      let path = String(decoding: rest.dropFirst().prefix { $0 != quote }, as: UTF8.self)
      guard !path.hasPrefix("."), !path.isEmpty else { return nil }
      return path.split(separator: "/").prefix(path.hasPrefix("@") ? 2 : 1).joined(separator: "/")
    }
    let words = line.split { $0 == 0x20 }
    guard words.count >= 4, words[0].elementsEqual("from".utf8), words[2].elementsEqual("import".utf8), words[1].first != 0x2E else {
      return nil
    }
    return String(decoding: words[1].prefix { $0 != 0x2E }, as: UTF8.self)
  }

  /// What the repository's manifests call its packages, and folders that can be imported by their name.
  private static func ownPackages(_ context: RuleContext) -> Set<String> {
    guard let head = context.revisions?.head else { return [] }
    var names: Set<String> = []
    for path in head.paths.files(named: "package.json").prefix(maximumManifests) {
      guard let bytes = head.bytes(at: path), let key = bytes.offset(of: "\"name\"") else { continue }
      let value = bytes[(key + 6)...].drop { $0 != UInt8(ascii: "\"") }.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
      names.insert(String(decoding: value, as: UTF8.self))
    }
    for path in head.paths.files(named: "__init__.py") {
      names.formUnion(path.split(separator: "/").dropLast().map(String.init))
    }
    return names
  }
}
