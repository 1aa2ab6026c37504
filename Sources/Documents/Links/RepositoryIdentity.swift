// Whose repository a tree is, as its own manifests say: links to `https://github.com/OWNER/REPOSITORY/blob/…` and to the project's site
// are links to its own files. A remote's name would say it too, but it is not part of a tree, and forks have another.

import Domain

/// The repository's name on its forge and the addresses of its site.
public struct RepositoryIdentity: Sendable, Hashable {
  /// `owner/repository`, lower case; more than one while a repository moves.
  public let repositories: Set<String>
  /// `host/base`, lower case, without a slash at the end.
  public let addresses: Set<String>

  init(paths: PathIndex, sites: [Site], read: (String) -> [UInt8]?) {
    var votes: [String: Int] = [:]
    var addresses = Set(sites.compactMap(\.address))
    for path in Self.manifests(in: paths) {
      let bytes = read(path) ?? []
      let isReadme = PathIndex.name(of: path).lowercased().hasPrefix("readme")
      for line in bytes.prefix(1 << 18).split(separator: 0x0A) {
        let text = Line(line)
        for name in text.repositories(isReadme: isReadme) { votes[name, default: 0] += isReadme ? 1 : 8 }
        if !isReadme, let address = text.homepage { addresses.insert(address) }
      }
    }
    for path in paths.files(named: "CNAME").prefix(4) {
      let host = String(decoding: (read(path) ?? []).prefix { $0 > 0x20 }, as: UTF8.self).lowercased()
      if host.contains(".") { addresses.insert(host) }
    }
    let best = votes.values.max() ?? 0
    repositories = Set(votes.filter { $0.value >= 3 && $0.value * 2 >= best }.keys)
    self.addresses = addresses.filter { address in !Self.foreignHosts.contains { address == $0 || address.hasPrefix($0 + "/") } }
  }

  /// Whether an address is the project's own site; what follows its base, with a slash in front.
  func route(of target: LinkTarget) -> (address: String, route: String)? {
    guard let scheme = target.path.range(of: "://") else { return nil }
    let rest = target.path[scheme.upperBound...]
    for address in addresses {
      guard rest.utf8.count > address.utf8.count, rest.prefix(address.count).lowercased() == address else { continue }
      let route = rest.dropFirst(address.count)
      if route.hasPrefix("/") { return (address, String(route)) }
    }
    return nil
  }

  private static func manifests(in paths: PathIndex) -> [String] {
    let names = [
      "package.json", "Cargo.toml", "pyproject.toml", "setup.py", "setup.cfg", "go.mod", "composer.json", "pom.xml", "build.gradle",
      "build.gradle.kts", "gradle.properties", "mkdocs.yml", "README.md", "README.rst", "readme.md", "deno.json", "pubspec.yaml",
      "book.toml",
    ]
    let nested = ["docusaurus.config.js", "docusaurus.config.ts", "mkdocs.yml", "book.toml", "Cargo.toml", "package.json"]
    let root = names.filter(paths.hasFile) + paths.files.filter { !$0.contains("/") && $0.hasSuffix(".gemspec") }
    return root + nested.flatMap { paths.files(named: $0).filter { $0.contains("/") && !$0.contains("node_modules") }.prefix(5) }
  }

  /// Hosts where many projects have pages.
  private static let foreignHosts = [
    "github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "docs.rs", "crates.io", "npmjs.com", "www.npmjs.com", "pypi.org",
    "pkg.go.dev", "rubygems.org", "packagist.org", "example.com", "localhost", "twitter.com", "x.com", "discord.gg", "discord.com",
    "apache.org", "www.apache.org", "maven.apache.org", "opensource.org", "json.schemastore.org", "schema.org", "www.w3.org",
  ]

  /// One line of a manifest.
  private struct Line {
    let text: String
    let key: String

    init(_ bytes: ArraySlice<UInt8>) {
      text = bytes.count > 2000 ? "" : String(decoding: bytes, as: UTF8.self).lowercased()
      key = String(text.prefix { $0 != ":" && $0 != "=" && $0 != ">" })
    }

    /// `owner/name` behind the host of a forge.
    func repositories(isReadme: Bool) -> [String] {
      guard text.contains("git") else { return [] }
      guard isReadme || Self.keys.contains(where: key.contains) || key.hasPrefix("module github.com/") else { return [] }
      var found: [String] = []
      for host in ["github.com", "raw.githubusercontent.com", "gitlab.com", "codeberg.org"] {
        var rest = text[...]
        while found.count < 8, let hit = String(rest).range(of: host) {
          let tail = String(rest)[hit.upperBound...]
          rest = Substring(String(tail))
          guard tail.first == "/" || tail.first == ":" else { continue }
          let words = tail.dropFirst().prefix { !" \"'<>()[],;`".contains($0) }.split(separator: "/", omittingEmptySubsequences: false)
          guard words.count >= 2, !words[0].isEmpty, !words[1].isEmpty else { continue }
          let name = words[1].prefix { $0 != "#" && $0 != "?" }
          if isReadme && words.count < 3 { continue }
          found.append(words[0] + "/" + (name.hasSuffix(".git") ? name.dropLast(4) : name))
        }
      }
      return found
    }

    /// The address that a manifest calls the project's own.
    var homepage: String? {
      guard Self.homes.contains(where: key.contains), let scheme = text.range(of: "://") else { return nil }
      var address = text[scheme.upperBound...].prefix { !" \"'<>()[],;`".contains($0) }
      while address.last == "/" { address.removeLast() }
      return address.contains(".") ? String(address) : nil
    }

    private static let keys = [
      "repository", "repo", "homepage", "source", "url", "bugs", "issue", "scm", "editurl", "changelog", "github", "connection", "code",
    ]
    private static let homes = ["homepage", "documentation", "docs", "site_url", "website", "url"]
  }
}
