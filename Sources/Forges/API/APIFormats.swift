// Small formats that all forges' answers share: times, texts with a limit, fences of code.

import Domain

/// A time as the forges write it: `2026-11-24T05:24:56Z`, with or without a fraction, `+02:00` instead of `Z`.
struct APITime: Decodable, Sendable {
  let timestamp: Timestamp

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = Self.parse(try container.decode(String.self)) else {
      throw DecodingError.typeMismatch(Self.self, .init(codingPath: decoder.codingPath, debugDescription: "not a time"))
    }
    timestamp = time
  }

  /// RFC 3339; nil when the text is none.
  static func parse(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    guard (20...40).contains(bytes.count), bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A, bytes[16] == 0x3A else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      bytes[range].reduce(Int64?(0)) { value, byte in (0x30...0x39).contains(byte) ? value.map { $0 * 10 + Int64(byte - 0x30) } : nil }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var index = 19
    var fraction: [UInt8] = []
    if bytes[index] == 0x2E {
      fraction = Array(bytes[(index + 1)...].prefix { (0x30...0x39).contains($0) })
      index += 1 + fraction.count
    }
    let digits = (fraction + [0x30, 0x30, 0x30]).prefix(3).reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    guard let zone = zone(bytes[index...]) else { return nil }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone
    return Timestamp(milliseconds: seconds * 1000 + digits)
  }

  /// Seconds east of Greenwich.
  private static func zone(_ text: ArraySlice<UInt8>) -> Int64? {
    if text.elementsEqual([0x5A]) { return 0 }
    guard text.count == 6, let sign = text.first, sign == 0x2B || sign == 0x2D else { return nil }
    let digits = text.dropFirst().filter { (0x30...0x39).contains($0) }.map { Int64($0 - 0x30) }
    guard digits.count == 4 else { return nil }
    let seconds = (digits[0] * 10 + digits[1]) * 3600 + (digits[2] * 10 + digits[3]) * 60
    return sign == 0x2B ? seconds : -seconds
  }

  /// Days since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

enum APIText {
  /// Characters as the strictest of the forges may count them: UTF-16 units.
  static func length(_ text: String) -> Int { text.utf16.count }

  /// At most `limit` characters, the last one an ellipsis where something is gone.
  static func cut(_ text: String, to limit: Int) -> String {
    guard length(text) > limit else { return text }
    var result = ""
    var left = limit - 1
    for character in text {
      left -= character.utf16.count
      guard left >= 0 else { break }
      result.append(character)
    }
    return result + "…"
  }

  /// A block of code whose fence nothing in it can end.
  static func fenced(_ code: String, language: String) -> String {
    var (run, longest) = (0, 2)
    for byte in code.utf8 {
      run = byte == 0x60 ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    return "\(fence)\(language)\n\(code)\(code.isEmpty || code.hasSuffix("\n") ? "" : "\n")\(fence)"
  }

  /// A patch of a few lines, to read.
  static func patch(_ before: String, _ after: String) -> String {
    let marked = { (text: String, sign: String) in
      text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { sign + $0 }
    }
    return fenced((marked(before, "-") + marked(after, "+")).joined(separator: "\n"), language: "diff")
  }
}
