// "did you mean": the known name nearest to what was written, when it is near enough to be a typo.

enum NearName {
  /// The nearest of `known` to `written`, ignoring case; nil when nothing is near.
  static func suggestion(for written: String, among known: [String]) -> String? {
    let text = Array(written.lowercased().utf8.prefix(80))
    var best: (name: String, distance: Int)?
    for name in known {
      let other = Array(name.lowercased().utf8)
      let isPrefix = text.count >= 3 && (other.starts(with: text) || text.starts(with: other))
      let distance = isPrefix ? 1 : editDistance(text, other)
      if distance <= max(1, other.count / 4), distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
  }

  /// `; did you mean X?`, or nothing.
  static func hint(for written: String, among known: [String]) -> String {
    suggestion(for: written, among: known).map { "; did you mean \($0)?" } ?? ""
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other (optimal string alignment).
  private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[right.count]
  }
}

/// Text from outside as an error may show it.
enum Shown {
  /// In quotes, control characters escaped, at most 60 characters.
  static func quoted(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(60) {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.properties.generalCategory == .format
      shown += isControl || scalar == "\"" || scalar == "\\" ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return "\"" + shown + (text.unicodeScalars.count > 60 ? "…" : "") + "\""
  }

  /// `a, b or c`.
  static func alternatives(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}

extension Shown {
  /// The text itself where it is a plain word, else quoted.
  static func plain(_ text: String) -> String {
    text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 } ? text : quoted(text)
  }
}
