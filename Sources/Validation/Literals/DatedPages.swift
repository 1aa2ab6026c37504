// Pages that speak of one release or one day: what they say was true then, and stays.

/// Tells pages of one release or one day by their path.
enum DatedPages {
  /// `relnotes/v1.2.0.md`, `blog/2022-03-01-news.md`, `posts/launch.md`.
  static func contains(_ path: String) -> Bool {
    let parts = path.lowercased().split(separator: "/")
    if parts.dropLast().contains(where: { folders.contains(String($0)) }) { return true }
    guard let name = parts.last else { return false }
    let stem = name.first == "v" ? name.dropFirst() : name
    return isRelease(stem) || isDate(stem)
  }

  private static let folders: Set<String> = ["relnotes", "blog", "posts", "_posts", "announcements"]

  /// `1.2.0.md`, `1.2.x.md`
  private static func isRelease(_ name: Substring) -> Bool {
    let parts = name.split(separator: ".")
    guard parts.count >= 3, let first = parts.first, first.allSatisfy(\.isNumber) else { return false }
    return parts[1].allSatisfy(\.isNumber)
  }

  /// `2022-03-01-news.md`
  private static func isDate(_ name: Substring) -> Bool {
    let parts = name.split(separator: "-")
    guard parts.count >= 3, parts[0].count == 4, parts[1].count == 2 else { return false }
    return parts[0].allSatisfy(\.isNumber) && parts[1].allSatisfy(\.isNumber) && parts[2].first?.isNumber == true
  }
}
