// Finds the programs that the sandbox runs, also where a version manager has put them, and what of the host each needs.

import Glibc

/// An interpreter, compiler or tool on this machine.
public struct Runtime: Sendable, Hashable {
  /// Without symbolic links.
  public let executable: String
  /// What must be visible in the sandbox beside `/usr`: the installation outside of it, or the one file; nil inside `/usr`.
  public let installation: String?

  /// The first program called `name` on the search path that can be run in the sandbox. A version manager's shim (a script
  /// that picks a version at run time) is replaced by the version that its manager has set for everyone.
  /// Nil when there is none.
  public static func find(_ name: String, searchPath: String = inheritedSearchPath()) -> Runtime? {
    guard !name.isEmpty, !name.contains("/") else { return nil }
    for folder in searchPath.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(name)"
      if folder.hasSuffix("/shims"), let managed = managedVersion(String(folder.dropLast("/shims".count)), name) { return managed }
      if !folder.hasSuffix("/shims"), let found = rustup(name, at: candidate) ?? Runtime(at: candidate) { return found }
    }
    return nil
  }

  /// The program at a path; nil when it is none.
  public init?(at path: String) {
    guard let real = canonical(path), fileKind(real) == S_IFREG, access(real, X_OK) == 0 else { return nil }
    executable = real
    installation = Self.installation(of: real)
  }

  /// The folders to look in for programs, in the sandbox.
  var searchPath: String {
    installation == nil ? "/usr/local/bin:/usr/bin:/bin" : "\(parent(of: executable)):/usr/local/bin:/usr/bin:/bin"
  }

  /// pyenv, rbenv, nodenv and their like: `ROOT/version` names one of `ROOT/versions/`.
  private static func managedVersion(_ root: String, _ name: String) -> Runtime? {
    let file = open(root + "/version", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &buffer, buffer.count)
    let lines = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    for version in lines where !version.contains("/") && !version.hasPrefix(".") {
      if let found = Runtime(at: "\(root)/versions/\(version)/bin/\(name)") { return found }
    }
    return nil
  }

  /// `PREFIX` of `PREFIX/bin/name` when it is an installation (it has a `lib`) and not somebody's home or the root.
  private static func installation(of executable: String) -> String? {
    let folder = parent(of: executable)
    let prefix = parent(of: folder)
    if executable.hasPrefix("/usr/") || executable.hasPrefix("/bin/") || executable.hasPrefix("/lib") { return nil }
    let depth = prefix.split(separator: "/").count
    let isHome = prefix == "/root" || prefix.hasPrefix("/home/") && depth <= 2 || prefix == getenv("HOME").map { String(cString: $0) }
    let isInstallation = folder.hasSuffix("/bin") && isDirectory(prefix + "/lib") && prefix != "/" && !isHome
    return isInstallation ? prefix : executable
  }
}
