// How our own comments are found again: an HTML comment at their end, which no forge shows. A mark alone proves nothing, since anybody
// may write one; clients also look at the author.

/// A name in a comment that people do not see.
public struct HiddenMark: Sendable, Hashable, CustomStringConvertible {
  /// What stands in the comment's text.
  public let text: String

  /// - Parameters:
  ///   - kind: what the comment is, such as `summary` or `fix`.
  ///   - key: which one. Bytes other than letters, digits, `.`, `_` and single `-` become `_`: nothing may end the HTML comment.
  public init(_ kind: String, key: String = "") {
    let clean = { (text: String) in
      var last: UInt8 = 0
      let bytes = text.utf8.prefix(200).map { byte -> UInt8 in
        let isPlain = RepositoryName.isAlphanumeric(byte) || byte == 0x2E || byte == 0x5F || (byte == 0x2D && last != 0x2D)
        last = isPlain ? byte : 0x5F
        return last
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    text = "<!-- doc-healing:\(clean(kind))\(key.isEmpty ? "" : " \(clean(key))") -->"
  }

  public var description: String { text }

  /// Whether a comment's text bears this mark.
  func isIn(_ body: String) -> Bool { body.contains(text) }

  /// The text with the mark at its end.
  func marking(_ body: String) -> String { body.isEmpty ? text : body + "\n\n" + text }
}
