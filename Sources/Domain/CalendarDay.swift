// Days as people write them in configuration, markers and commands: `2027-01-31`.

/// Gregorian days of the years 1 to 9999.
public enum CalendarDay {
  /// Whether the text is a day that exists.
  public static func isValid(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
      return false
    }
    guard let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]) else { return false }
    guard year > 0, (1...12).contains(month), day >= 1 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    return day <= length
  }
}

extension Timestamp {
  /// The day in UTC: `2026-11-24`.
  public var day: String { String(rfc3339.prefix(10)) }
}
