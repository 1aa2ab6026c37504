// Pages of one version: `docs/v2/manual.md` goes on to say `v2` when the code becomes `v3`.

enum DocumentVersion {
  /// Whether a folder of the page is named for a version that the old text names and the new one does not.
  static func pins(_ old: String, to new: String, at path: String) -> Bool {
    let before = versions(in: old[...])
    guard !before.isEmpty else { return false }
    let gone = before.subtracting(versions(in: new[...]))
    return path.split(separator: "/").dropLast().contains { gone.contains(number($0) ?? -1) }
  }

  /// The numbers of the words that are a `v` and digits.
  private static func versions(in text: Substring) -> Set<Int> {
    Set(text.split { !($0.isLetter || $0.isNumber || $0 == ".") }.compactMap(number))
  }

  /// `v2`, `v2.x` and `v2.1` are 2.
  private static func number(_ word: Substring) -> Int? {
    guard word.first == "v" || word.first == "V" else { return nil }
    let digits = word.dropFirst().prefix { $0.isNumber }
    let rest = word.dropFirst(1 + digits.count)
    return rest.isEmpty || rest.first == "." ? Int(digits) : nil
  }
}
