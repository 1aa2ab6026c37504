// The regions that sources mark for MarkdownSnippets: `begin-snippet: name`, `startcode name`, `#region name`.

import Domain

enum SnippetMarks {
  /// In trees with more files no region is known: the same name may stand in one that was not searched.
  private static let maximumFiles = 20_000

  /// The files with a region, by its name.
  static func files(in paths: [String], _ bytes: (String) -> [UInt8]?) -> [String: [String]] {
    guard paths.count <= maximumFiles else { return [:] }
    var found: [String: [String]] = [:]
    for path in paths where isSource(path) {
      guard let content = bytes(path) else { continue }
      for name in names(in: content) where found[name]?.last != path { found[name, default: []].append(path) }
    }
    return found
  }

  private static func isSource(_ path: String) -> Bool {
    let ending = PageNames.fileExtension(path).lowercased()
    return !ending.isEmpty && DocumentSelection.format(ofPath: path) == nil && !binary.contains(ending)
  }

  private static let binary: Set<String> = [
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".pdf", ".zip", ".gz", ".jar", ".woff", ".woff2", ".ttf", ".mp4", ".lock",
    ".snap",
    ".bin", ".exe", ".dll", ".so", ".dylib", ".a", ".o", ".class", ".pyc", ".wasm", ".map",
  ]

  private static func names(in bytes: [UInt8]) -> [String] {
    marks.flatMap { mark -> [String] in
      var names: [String] = []
      var position = 0
      while let found = bytes.firstRange(of: mark, from: position) {
        position = found.upperBound
        let name = bytes[position...].prefix(200).prefix { $0 > 0x20 && $0 != UInt8(ascii: "(") }
        if !name.isEmpty { names.append(String(decoding: name, as: UTF8.self)) }
      }
      return names
    }
  }

  private static let marks = ["begin-snippet: ", "startcode ", "#region "].map { Array($0.utf8) }
}
