// The fences of code, as far as they must be known before the parser runs.

import Domain

/// The opening line of a fence of code, also in quotes and lists.
struct FenceOpening {
  private let mark: UInt8
  private let count: Int
  private let isQuoted: Bool
  /// The column of the list item's content in which it stands.
  private let column: Int

  init?(_ bytes: Bytes, _ line: TextLine) {
    guard let start = Self.text(bytes, line), start < line.end else { return nil }
    mark = bytes[start]
    guard mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
    count = bytes.run(of: mark, at: start, limit: line.end)
    guard count >= 3, mark == UInt8(ascii: "~") || bytes.first(mark, in: (start + count)..<line.end) == nil else { return nil }
    isQuoted = bytes[line.text..<start].contains(UInt8(ascii: ">"))
    column = start > line.text && !isQuoted ? line.indent + start - line.text : 0
  }

  func isClosed(by line: TextLine, _ bytes: Bytes) -> Bool {
    let start = bytes.skip(line.text, line.end) { (isQuoted && $0 == UInt8(ascii: ">")) || $0.isBlank }
    guard start < line.end, bytes[start] == mark else { return false }
    let run = bytes.run(of: mark, at: start, limit: line.end)
    return run >= count && bytes.skipBlanks(start + run, line.end) == line.end
  }

  /// Whether the quote or the list item around it ends before a line.
  func ends(before line: TextLine, _ bytes: Bytes) -> Bool {
    if isQuoted { return line.isBlank || bytes[line.text] != UInt8(ascii: ">") }
    return column > 0 && !line.isBlank && line.indent < column
  }

  /// The first byte behind the marks of quotes and list items.
  static func text(_ bytes: Bytes, _ line: TextLine) -> Int? {
    var position = line.text
    while position < line.end {
      if bytes[position] == UInt8(ascii: ">") {
        position += 1
      } else if let marker = ListMarker.end(bytes, position, line.end) {
        position = marker
      } else {
        return position
      }
      position = bytes.skipBlanks(position, line.end)
    }
    return nil
  }
}
