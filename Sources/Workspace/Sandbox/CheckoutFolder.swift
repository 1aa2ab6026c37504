// A commit's files in a folder, for programs in the sandbox. Written by us from git's objects: no hook, filter, attribute or
// submodule has a say. Every folder and file is made by us in a folder that only we can enter while we write, files before links, and
// nothing is opened through a link; so what a tree holds can only land inside.

import Domain
import Glibc

/// How much of a tree is written.
public struct CheckoutLimits: Sendable, Hashable {
  public var files: Int
  /// Of all files together.
  public var bytes: Int
  /// Larger files are left out.
  public var fileBytes: Int

  public init(files: Int = 50_000, bytes: Int = 512 << 20, fileBytes: Int = 16 << 20) {
    self.files = files
    self.bytes = bytes
    self.fileBytes = fileBytes
  }
}

/// A folder that is removed with its last reference.
public final class ScratchFolder: Sendable {
  /// Absolute; only its owner may enter it.
  public let path: String

  /// Makes a new folder in `parent`. Throws `inputOutput`.
  public init(in parent: String = "/tmp") throws(WorkspaceError) {
    var template = Array("\(parent)/doc-healing-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw systemError("cannot make a folder in \(shown(parent))", errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeScratch(path) }
}

/// Removes a folder with everything in it, however deep; links are removed, not followed.
private func removeScratch(_ path: String) {
  guard let remover = findExecutable("rm", in: "/usr/bin:/bin") else { return }
  _ = try? Subprocess.run(Command(remover, ["-rf", "--", path]))
}

/// A tree's files in a folder, for everybody to read.
public final class CheckoutFolder: Sendable {
  /// Absolute.
  public var path: String { scratch.path + "/tree" }
  /// Paths that were left out: too large, submodules, links that lead outside.
  public let omitted: Int
  private let scratch: ScratchFolder

  /// Writes the tree. Throws `tooLarge` beyond the limits, `inputOutput`, and what reading the tree throws.
  public init(_ tree: any Checkout, in parent: String = "/tmp", limits: CheckoutLimits = CheckoutLimits()) throws {
    scratch = try ScratchFolder(in: parent)
    let root = scratch.path + "/tree"
    guard mkdir(root, 0o755) == 0 else { throw systemError("cannot make \(shown(root))", errno) }
    let writer = try TreeWriter(root)
    var omitted = 0
    var (files, bytes) = (0, 0)
    var links: [TreeEntry] = []
    for entry in tree.entries {
      guard entry.kind != .symlink else {
        links.append(entry)
        continue
      }
      guard entry.kind != .submodule, entry.size <= limits.fileBytes else {
        omitted += 1
        continue
      }
      (files, bytes) = (files + 1, bytes + entry.size)
      guard files <= limits.files, bytes <= limits.bytes else {
        throw WorkspaceError(.tooLarge, "the tree has more than \(limits.files) files or \(limits.bytes) bytes")
      }
      let isWritten = try writer.write(
        try tree.read(entry, limit: limits.fileBytes), to: entry.path, mode: entry.kind == .executable ? 0o755 : 0o644)
      if !isWritten { omitted += 1 }
    }
    for entry in links {
      let target = String(decoding: try tree.read(entry, limit: Int(PATH_MAX)), as: UTF8.self)
      if !writer.link(entry.path, to: target) { omitted += 1 }
    }
    self.omitted = omitted
  }
}

/// Writes below one folder, without following links.
private struct TreeWriter {
  private let root: Descriptor

  init(_ path: String) throws(WorkspaceError) {
    let number = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw systemError("cannot open \(shown(path))", errno) }
    root = try Descriptor(adopting: number)
  }

  /// False when no file may have that path, or something else is there.
  func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(WorkspaceError) -> Bool {
    guard let (folder, name) = makeFolder(of: path) else { return false }
    let number = openat(folder.number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard number >= 0 else { return false }
    let file = try Descriptor(adopting: number)
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let count = file.writeSome(rest), count > 0 else { throw systemError("cannot write \(shown(path))", errno) }
      rest = rest.dropFirst(count)
    }
    _ = fchmod(file.number, mode)
    return true
  }

  /// False when the target lies outside, or the link cannot be made.
  func link(_ path: String, to target: String) -> Bool {
    guard Self.staysInside(target, from: path), let (folder, name) = makeFolder(of: path) else { return false }
    return symlinkat(target, folder.number, name) == 0
  }

  /// Counts folders down and up: a relative target that never climbs above the root.
  private static func staysInside(_ target: String, from path: String) -> Bool {
    guard !target.isEmpty, !target.hasPrefix("/"), !target.utf8.contains(0) else { return false }
    var depth = path.split(separator: "/").count - 1
    for part in target.split(separator: "/") where part != "." {
      depth += part == ".." ? -1 : 1
      if depth < 0 { return false }
    }
    return true
  }

  private func makeFolder(of path: String) -> (folder: Descriptor, name: String)? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.lowercased() != ".git" && !$0.utf8.contains(0) }
    guard let name = parts.last, isSafe, parts.count <= 256 else { return nil }
    var folder = root
    for part in parts.dropLast() {
      _ = mkdirat(folder.number, String(part), 0o755)
      let number = openat(folder.number, String(part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard number >= 0, let next = try? Descriptor(adopting: number) else { return nil }
      _ = fchmod(next.number, 0o755)
      folder = next
    }
    return (folder, String(name))
  }
}
