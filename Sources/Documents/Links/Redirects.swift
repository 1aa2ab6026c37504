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
    return texts.contains { $0.contains(text: short) }
  }
}
