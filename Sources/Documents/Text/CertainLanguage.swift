// The language of a sample that does not name it, where its first line leaves no doubt.

import Domain

enum CertainLanguage {
  /// `pycon` for `>>> `, `python` for a first line that only Python has; else nil.
  static func of(_ code: [UInt8]) -> String? {
    code.withUnsafeBufferPointer { bytes in
      let start = bytes.skip(0, bytes.count) { $0.isSpace }
      if bytes.has(">>> ", at: start) { return "pycon" }
      let end = lineEnd(in: bytes, from: start)
      let line = bytes.trimmed(start, end)
      guard line.count > 4 else { return nil }
      return isImport(bytes, line) || isDefinition(bytes, line) ? "python" : nil
    }
  }

  /// `import a.b`, `from a import b`: no quotes, no semicolon, no braces.
  private static func isImport(_ bytes: Bytes, _ line: Span) -> Bool {
    guard bytes[line.range].allSatisfy({ $0.isWord || $0.isBlank || "._,()*".utf8.contains($0) }) else { return false }
    if bytes.has("import ", at: line.start) {
      // Java, Kotlin and Haskell import names with capitals; Python's modules are in lower case.
      return bytes[line.range].allSatisfy { !($0 >= 0x41 && $0 <= 0x5A) } && bytes[line.range].contains(0x20)
    }
    return bytes.has("from ", at: line.start) && bytes.first(" import ", in: line.range) != nil
  }

  /// `def name(…):`, `async def …:`, `class Name(…):`
  private static func isDefinition(_ bytes: Bytes, _ line: Span) -> Bool {
    let words: [StaticString] = ["def ", "async def ", "async with ", "class "]
    return words.contains { bytes.has($0, at: line.start) } && bytes[line.end - 1] == UInt8(ascii: ":")
  }
}
