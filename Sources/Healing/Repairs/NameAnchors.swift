// The anchor of a name: `<a id="old_name">OLD_NAME</a>` follows its name, and the links to it in the same document follow the anchor.

import Domain

/// Anchors that are a name in lower case.
enum NameAnchors {
  private static let openings = ["id=\"", "id='", "name=\"", "name='"]

  /// The edits of the anchor around a name and of the links to it that an edit of the name brings about; none where the document has no
  /// such anchor, or has the new one already.
  static func edits(for edit: Edit, in bytes: [UInt8]) -> [Edit] {
    let (old, new) = (edit.expected.lowercased(), edit.replacement.lowercased())
    guard old != edit.expected, old != new, old.utf8.count >= 4, isName(old), isName(new) else { return [] }
    let anchors = openings.flatMap { places(of: $0 + old, bytes) { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") } }
    guard !anchors.isEmpty, anchors.allSatisfy({ holds(edit.expected, behind: $0 + old.utf8.count, bytes) }) else { return [] }
    guard openings.allSatisfy({ places(of: $0 + new, bytes) { !isNameByte($0) }.isEmpty }) else { return [] }
    let links = ["(#", "href=\"#", "href='#"].flatMap { places(of: $0 + old, bytes) { !isNameByte($0) } }
    return (anchors + links).map { start in
      Edit(path: edit.path, span: Span(start, start + old.utf8.count), expected: old, replacement: new)
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  private static func isName(_ text: String) -> Bool { text.utf8.allSatisfy(isNameByte) }

  /// Where the text behind the opening begins; `end` says what may follow the name.
  private static func places(of text: String, _ bytes: [UInt8], end: (UInt8) -> Bool) -> [Int] {
    let needle = Array(text.utf8)
    let opening = (needle.lastIndex { !isNameByte($0) } ?? -1) + 1
    guard bytes.count > needle.count, let first = needle.first else { return [] }
    return (0..<(bytes.count - needle.count)).filter { start in
      bytes[start] == first && bytes[start..<start + needle.count].elementsEqual(needle) && end(bytes[start + needle.count])
    }.map { $0 + opening }
  }

  /// Whether the anchor's element or its line goes on with the name.
  private static func holds(_ name: String, behind end: Int, _ bytes: [UInt8]) -> Bool {
    let line = bytes[end...].prefix(400).prefix { $0 != 0x0A }
    return String(decoding: line, as: UTF8.self).contains(name)
  }
}
