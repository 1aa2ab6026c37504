// The paths of embedded files, as the dialects write them: `a.ts#L1-L9`, `a.rs:2:10`, `a.rs:anchor`, `./a.js`, `(a.go /func/ $)`.

import Domain

enum EmbedPath {
  /// The file and its part.
  static func embed(_ text: String, dialect: String, span: Span?) -> SnippetAnnotations.Embed? {
    let first = text.prefix { $0 != " " && $0 != ")" && $0 != "," && $0 != "\t" }
    guard !first.isEmpty else { return nil }
    let mark = first.firstIndex { $0 == "#" } ?? (dialect == "mdbook" ? first.firstIndex { $0 == ":" } : nil)
    var range = mark.map { String(first[first.index(after: $0)...]) }
    if dialect == "embedmd" {
      let rest = text.dropFirst(first.count).drop { $0 == " " }.prefix { $0 != ")" }
      range = rest.isEmpty ? nil : String(rest)
    }
    return SnippetAnnotations.Embed(path: String(first[..<(mark ?? first.endIndex)]), range: range, dialect: dialect, span: span)
  }

  /// Whether an attribute's value leads to a file and is not only its title.
  static func isPath(_ value: String) -> Bool {
    value.hasPrefix("./") || value.hasPrefix("../") || value.hasPrefix("<rootDir>") || value.hasPrefix("@/") || value.contains("#L")
  }

  /// A first line that is nothing but a comment with a path and lines: `// src/a.ts#L1-L9`. Without lines it is a title.
  static func firstLine(of snippet: Snippet) -> String? {
    guard let line = snippet.lines.first, line.count < 300 else { return nil }
    let code = snippet.code[line.codeStart..<(line.codeStart + line.count)]
    guard zip(code, code.dropFirst()).contains(where: { $0 == UInt8(ascii: "#") && $1 == UInt8(ascii: "L") }) else { return nil }
    var text = String(decoding: code, as: UTF8.self)[...]
    for mark in ["//", "#", "--", "/*", "<!--", ";", "%"] where text.hasPrefix(mark) {
      text = text.dropFirst(mark.count).drop { $0 == " " }
      for close in ["*/", "-->"] where text.hasSuffix(close) { text = text.dropLast(close.count).trimmedEnd }
      let path = text.trimmedEnd
      return path.contains(" ") || !path.contains(".") ? nil : String(path)
    }
    return nil
  }
}

extension Substring {
  var trimmedEnd: Substring {
    var text = self
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return text
  }
}

extension UInt8 {
  var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self + 0x20 : self }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// The first occurrence of some bytes.
  func first(_ needle: [UInt8], from start: Int) -> Int? {
    guard let head = needle.first else { return nil }
    var position = start
    while position + needle.count <= count, let found = first(head, in: position..<(count - needle.count + 1)) {
      if self[found..<(found + needle.count)].elementsEqual(needle) { return found }
      position = found + 1
    }
    return nil
  }
}
