// Which programs a repository builds: what its users type first on a command line.

import Domain

enum Programs {
  /// Manifests deeper than this belong to examples.
  private static let maximumDepth = 3
  private static let maximumManifests = 200

  static func names(in checkout: any Checkout) -> Set<String> {
    var names: Set<String> = []
    var manifests = 0
    for entry in checkout.entries where entry.kind == .file || entry.kind == .executable {
      let parts = entry.path.split(separator: "/")
      if parts.count >= 3, parts[parts.count - 3] == "cmd", parts[parts.count - 1] == "main.go" {
        names.insert(String(parts[parts.count - 2]))
      }
      guard parts.count <= maximumDepth, manifests < maximumManifests, LiteralRole(path: entry.path).isProject, entry.size <= 1 << 20 else {
        continue
      }
      guard ManifestFacts.isManifest(entry.path), let bytes = try? checkout.read(entry, limit: 1 << 20) else { continue }
      manifests += 1
      guard let facts = ManifestFacts(path: entry.path, bytes: bytes) else { continue }
      for name in facts.names {
        let last = String(name.split(separator: "/").last ?? "")
        names.insert(last)
        for suffix in ["-cli", "-bin", "_cli", "-cmd"] where last.hasSuffix(suffix) { names.insert(String(last.dropLast(suffix.count))) }
      }
    }
    return names
  }
}
