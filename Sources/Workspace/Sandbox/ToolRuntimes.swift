// What the tools of the languages need in the sandbox beyond an interpreter's share, and what tells their versions apart. A tool that is
// not named here gets the limits of an interpreted language.

import Domain
import Glibc

/// What one tool needs in the sandbox.
public struct ToolNeeds: Sendable, Hashable {
  public var limits = SandboxLimits()
  /// Files that say which version of a part of the tool is installed, where that part is no file of its own runtime.
  public var versionFiles: [String] = []
  /// Files of the installation that distributions keep in `/etc`, behind a symbolic link: their folder there must be visible.
  public var settingsFiles: [String] = []

  /// The needs of the tool of that name.
  public static func of(_ tool: String) -> ToolNeeds { table[tool] ?? ToolNeeds() }

  private static let table: [String: ToolNeeds] = {
    // These reserve much more address space than they use, and start threads by the number of processors.
    var roomy = SandboxLimits()
    roomy.addressSpace = nil
    roomy.memory = 1 << 30
    roomy.processes = 128
    roomy.openFiles = 256
    let modules = ["/usr/share/nodejs", "/usr/lib/node_modules", "/usr/local/lib/node_modules"]
    return [
      "node": ToolNeeds(limits: roomy, versionFiles: modules.map { $0 + "/typescript/package.json" }),
      "java": ToolNeeds(limits: roomy, settingsFiles: ["conf/security/java.security", "lib/security/java.security"]),
      "gofmt": ToolNeeds(limits: roomy), "rustc": ToolNeeds(limits: roomy),
      "swift-frontend": ToolNeeds(limits: roomy),
    ]
  }()
}

extension Runtime {
  /// A text that is another one when another version is installed: the program, its size and when it was changed, and those of its parts.
  public func version(with needs: ToolNeeds) -> String {
    ([executable] + needs.versionFiles).compactMap { path in
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      return "\(path) \(status.st_size) \(status.st_mtim.tv_sec)"
    }.joined(separator: " ")
  }

  /// What else of the host the tool must see.
  public func visible(with needs: ToolNeeds) -> [Sandbox.Visible] {
    let prefix = parent(of: parent(of: executable))
    let folders = needs.settingsFiles.compactMap { file -> String? in
      let parts = canonical("\(prefix)/\(file)")?.split(separator: "/") ?? []
      return parts.count > 2 && parts[0] == "etc" ? "/etc/\(parts[1])" : nil
    }
    return Set(folders).sorted().map { Sandbox.Visible($0, at: $0) }
  }

  /// rustup puts one program under the names of all tools of Rust; which compiler it starts is in its settings. Nil where a program is
  /// none of these names.
  static func rustup(_ name: String, at path: String) -> Runtime? {
    guard let shim = canonical(path), shim.hasSuffix("/rustup"), name != "rustup" else { return nil }
    let besides = parent(of: parent(of: parent(of: shim))) + "/.rustup"
    let home = getenv("RUSTUP_HOME").map { String(cString: $0) } ?? besides
    guard let line = settings(of: home).split(separator: "\n").first(where: { $0.hasPrefix("default_toolchain") }) else { return nil }
    let words = line.split(separator: "\"")
    guard words.count >= 2, !words[1].contains("/"), !words[1].hasPrefix(".") else { return nil }
    return Runtime(at: "\(home)/toolchains/\(words[1])/bin/\(name)")
  }

  private static func settings(of home: String) -> String {
    let file = open(home + "/settings.toml", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}
