// From the operator's settings to accounts at the forges.

import Domain
import Forges
import HTTPClient
import Settings
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension Settings {
  /// Forges whose API can be asked: those with a credential.
  var forgesWithAPI: Set<Forge> {
    var forges: Set<Forge> = []
    if githubCredential != nil { forges.insert(.github) }
    if gitlabToken != nil { forges.insert(.gitlab) }
    if giteaToken != nil, giteaURL != nil { forges.insert(.gitea) }
    return forges
  }

  /// The clients of the forges that have a credential. Throws one line when the App's private key cannot be read or used.
  func forgeClients(transport: any HTTPTransport, clock: any WallClock) throws -> ForgeClients {
    let accounts = try forgeAccounts()
    do {
      return try ForgeClients(accounts, transport: transport, clock: clock)
    } catch {
      throw StartError(status: 78, "\(Variable.githubAppPrivateKeyPath.name): \(error)")
    }
  }

  private func forgeAccounts() throws -> ForgeAccounts {
    ForgeAccounts(
      githubAddress: "\(githubAPIURL)", github: try githubCredential.map(Self.access),
      gitlab: gitlabToken.map { ForgeAccounts.Site(address: "\(gitlabURL)", token: $0) },
      gitea: giteaURL.flatMap { url in giteaToken.map { ForgeAccounts.Site(address: "\(url)", token: $0) } })
  }

  private static func access(_ credential: GitHubCredential) throws -> GitHubAccess {
    switch credential {
    case .token(let token): return .token(token)
    case .app(let id, let path): return .app(id: id, privateKey: try key(at: path))
    }
  }

  /// A key in PEM has a few kilobytes.
  private static let keyLimit = 64 << 10

  private static func key(at path: String) throws -> Secret {
    let name = Variable.githubAppPrivateKeyPath.name
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StartError(status: 78, "\(name): cannot read the App's private key \(path): \(String(cString: strerror(errno)))")
    }
    defer { Glibc.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: keyLimit)
    var count = 0
    while count < bytes.count {
      let read = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count) }
      if read <= 0 { break }
      count += read
    }
    return Secret(String(decoding: bytes[..<count], as: UTF8.self))
  }
}
