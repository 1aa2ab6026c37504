// Packages that a repository's configuration names, installed for its samples. This is the one step with a network, so it runs nothing
// but the package manager, and the package manager runs nothing of the packages: wheels only (no `setup.py`), no npm scripts. What it
// fetches is seen by samples in the sandbox alone, read-only.

import Documents
import Domain
import Synchronization
import Workspace

/// A folder of installed packages.
struct InstalledPackages: Sendable, Hashable {
  var path: String
}

/// Installs packages into cached folders, one for each set of requirements.
public final class DependencyStore: Sendable {
  /// Names a package manager; its command line is made by us alone.
  private struct Manager: Sendable {
    var tool: String
    var arguments: @Sendable (_ folder: String, _ packages: [String]) -> [String]
  }

  private let folder: String
  private let timeout: Duration
  private let searchPath: String
  private let environment: [String: String]
  /// Failures are remembered while this object lives: a registry that is down is asked once.
  private let failures = Mutex<[String: String]>([:])

  /// - Parameters:
  ///   - folder: exists or can be made; kept between runs.
  ///   - environment: beside `PATH` and `HOME`: proxies, certificates, indexes.
  public init(
    folder: String, timeout: Duration = .seconds(120), searchPath: String = inheritedSearchPath(), environment: [String: String] = [:]
  ) {
    self.folder = folder
    self.timeout = timeout
    self.searchPath = searchPath
    self.environment = environment
  }

  private static let managers: [String: Manager] = [
    "python": Manager(tool: "python3") { folder, packages in
      ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--only-binary", ":all:", "--target", folder, "--"]
        + packages
    },
    "javascript": Manager(tool: "npm") { folder, packages in
      ["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix", folder, "--"] + packages
    },
  ]

  /// The folder of these packages. Throws `SampleHostError`.
  func packages(_ packages: [String], language: String) throws -> InstalledPackages {
    guard let manager = Self.managers[language] else {
      throw SampleHostError.dependencies("packages of \(language) are not installed: only those of python and javascript are")
    }
    if let wrong = packages.first(where: { !Self.isRequirement($0) }) {
      throw SampleHostError.dependencies("not a package name with a version: `\(wrong.prefix(80))`")
    }
    let path = "\(folder)/\(language)-\(Self.key(packages))"
    if FolderState.exists(path) { return InstalledPackages(path: path) }
    if let failure = failures.withLock({ $0[path] }) { throw SampleHostError.dependencies(failure) }
    do {
      try install(packages, manager, path)
    } catch {
      let reason = "\(packages.joined(separator: ", ")) cannot be installed: \(error)"
      failures.withLock { $0[path] = reason }
      throw SampleHostError.dependencies(reason)
    }
    return InstalledPackages(path: path)
  }

  /// Installs beside the place and moves it there when it is whole; who comes second keeps the first's.
  private func install(_ packages: [String], _ manager: Manager, _ path: String) throws(WorkspaceError) {
    guard let runtime = Runtime.find(manager.tool, searchPath: searchPath) else {
      throw WorkspaceError(.toolMissing, "\(manager.tool) is not installed")
    }
    try FolderState.make(folder)
    let scratch = try ScratchFolder(in: folder)
    let target = scratch.path + "/packages"
    var variables = environment
    variables["PATH"] = searchPath
    variables["HOME"] = scratch.path
    variables["LANG"] = "C.UTF-8"
    let command = Command(
      runtime.executable, manager.arguments(target, packages), environment: variables, directory: scratch.path,
      limits: ProcessLimits(time: timeout, output: 1 << 20))
    let result = try Subprocess.run(command)
    if result.kill == .timeLimit { throw WorkspaceError(.timedOut, "\(manager.tool) did not end in time") }
    guard result.succeeded else { throw WorkspaceError(.failed, Self.lastLine(result.errorOutput)) }
    try FolderState.publish(target, as: path)
  }

  private static func lastLine(_ bytes: [UInt8]) -> String {
    let line = String(decoding: bytes.suffix(2000), as: UTF8.self).split(whereSeparator: \.isNewline).last ?? "the package manager failed"
    return String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init).prefix(200))
  }

  private static func key(_ packages: [String]) -> String {
    var hash = ContentHash()
    for package in packages.sorted() { hash.add(package) }
    return hash.hex
  }

  /// A name, perhaps with extras and versions: no option, no path, no address.
  static func isRequirement(_ text: String) -> Bool {
    let scalars = text.utf8
    guard let first = scalars.first, text.utf8.count <= 100 else { return false }
    let isLetter = { (byte: UInt8) in byte | 0x20 >= 97 && byte | 0x20 <= 122 || byte >= 48 && byte <= 57 }
    guard isLetter(first) || first == UInt8(ascii: "@") else { return false }
    guard scalars.allSatisfy({ isLetter($0) || "@._-[],=<>!~*^+/ ".utf8.contains($0) }) else { return false }
    // A slash only behind an npm scope, and no way up.
    let slashes = scalars.filter { $0 == UInt8(ascii: "/") }.count
    return !text.contains("..") && (slashes == 0 || slashes == 1 && first == UInt8(ascii: "@")) && !text.contains("@ ")
  }
}
