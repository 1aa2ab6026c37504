// Changes of letter case that are no renames.

/// Changes of letter case.
enum LetterCase {
  /// Whether a word in capitals would only become small: `POST` is the name of a method of HTTP whatever the code calls it.
  static func isWordInCapitals(_ old: String, before new: String) -> Bool {
    old.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A } && new.uppercased() == old
  }
}
