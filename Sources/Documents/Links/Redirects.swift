// Pages that moved and whose old addresses a site still answers: `redirect_maps` of mkdocs.yml, `_redirects` of static hosts. A link to
// such an address works.

import Domain

/// What a site's redirects say.
public struct Redirects: Sendable {
  private let texts: [[UInt8]]
  /// Whether there are more than were read: any address may be redirected.
  private let isCut: Bool

  private static let maximumFiles = 64
  private static let maximumBytes = 1 << 20

  private static let names = ["mkdocs.yml", "mkdocs.yaml", "_redirects", "redirects.txt", "redirects.json", "vercel.json", "netlify.toml"]

  init(_ revision: Revision) {
    let files = Self.names.flatMap(revision.paths.files)
    isCut =
      files.count > Self.maximumFiles
      || files.contains { revision.checkout.entry(at: $0).map { $0.size > Self.maximumBytes } ?? false }
    texts = files.prefix(Self.maximumFiles).compactMap { revision.bytes(at: $0, limit: Self.maximumBytes) }
      .filter { $0.contains(text: "redirect") || $0.contains(text: " 30") }
  }

  /// Whether an address that ends like the path, from its second folder on, is redirected.
  public func lead(from path: String) -> Bool {
    if isCut { return true }
    guard !texts.isEmpty else { return false }
    let parts = path.split(separator: "/")
    guard let last = parts.last else { return false }
    let stem = last.split(separator: ".").first ?? last
    let short = (parts.dropLast().suffix(1) + [stem]).joined(separator: "/")
    return texts.contains { Self.has(Array(short.utf8), in: $0) }
  }

  /// Whether the address stands in the text and ends there: `guide/setup` is not in `guide/setup/linux.md`.
  private static func has(_ address: [UInt8], in text: [UInt8]) -> Bool {
    var position = 0
    while let found = text.firstRange(of: address, from: position) {
      let rest = text[found.upperBound...]
      let next = rest.first == UInt8(ascii: "/") ? rest.dropFirst().first : rest.first
      guard let next, isName(next) else { return true }
      position = found.lowerBound + 1
    }
    return false
  }

  private static func isName(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95 || byte >= 0x80
  }
}
