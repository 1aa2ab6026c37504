// Changes of letter case that are no renames.

import Domain

/// Changes of letter case.
public enum LetterCase {
  /// Whether a word in capitals would only become small: `POST` is the name of a method of HTTP whatever the code calls it. Behind its owner
  /// (`Color.RED`) it is the code's.
  public static func isWordInCapitals(_ span: Span, in bytes: [UInt8], before new: String) -> Bool {
    guard span.end <= bytes.count, bytes[span.range].allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) else { return false }
    if span.start > 0, bytes[span.start - 1] == UInt8(ascii: ".") || bytes[span.start - 1] == UInt8(ascii: ":") { return false }
    return new.uppercased() == String(decoding: bytes[span.range], as: UTF8.self)
  }
}
