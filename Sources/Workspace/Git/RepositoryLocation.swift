// Where a repository on this machine really is. A checkout that someone else made can say in `.git`, in `commondir` or by
// a symbolic link that its history is another repository's; it is believed only when that other one points back, as
// linked worktrees and submodules do.

import Glibc

/// The git directory of a repository on disk, and its working tree when it has one.
struct RepositoryLocation: Sendable, Hashable {
  /// Absolute, without symbolic links.
  var gitDirectory: String
  /// Absolute, without symbolic links; nil for a bare repository.
  var workTree: String?

  /// Looks at `path` and, when asked to, at the folders above it, as git does.
  /// Throws `notARepository` or `redirected`.
  static func find(_ path: String, searchingUpwards: Bool) throws(WorkspaceError) -> RepositoryLocation {
    guard var folder = canonical(path), isDirectory(folder) else {
      throw WorkspaceError(.notARepository, "no git repository at \(shown(path)): no such folder")
    }
    while true {
      if let found = try at(folder) { return found }
      guard searchingUpwards, folder != "/" else {
        throw WorkspaceError(.notARepository, "no git repository at \(shown(path))")
      }
      folder = parent(of: folder)
    }
  }

  private static func at(_ folder: String) throws(WorkspaceError) -> RepositoryLocation? {
    let link = folder + "/.git"
    var status = stat()
    if lstat(link, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFDIR where isGitDirectory(link):
        try refuseForeignHistory(link)
        return RepositoryLocation(gitDirectory: link, workTree: folder)
      case S_IFREG: return RepositoryLocation(gitDirectory: try followed(link, from: folder), workTree: folder)
      case S_IFLNK: throw redirected(link)
      default: break
      }
    }
    guard isGitDirectory(folder) else { return nil }
    try refuseForeignHistory(folder)
    return RepositoryLocation(gitDirectory: folder, workTree: nil)
  }

  /// The target of a `.git` file, when it points back.
  private static func followed(_ link: String, from folder: String) throws(WorkspaceError) -> String {
    guard let text = firstLine(link), text.hasPrefix("gitdir: "),
      let target = canonical(absolute(String(text.dropFirst("gitdir: ".count)), from: folder)), isDirectory(target)
    else { throw WorkspaceError(.notARepository, "no git repository at \(shown(folder)): its .git file leads nowhere") }
    if isLinkedWorktree(target, of: link) { return target }
    // A submodule or `--separate-git-dir`: its configuration names the working tree.
    if let tree = configuredWorkTree(target + "/config"), canonical(absolute(tree, from: target)) == folder {
      try refuseForeignHistory(target)
      return target
    }
    throw redirected(link)
  }

  /// A linked worktree's administrative folder names the `.git` file, and stands in the `worktrees` of the repository whose
  /// history it uses (where only that repository's owner can have put it).
  private static func isLinkedWorktree(_ target: String, of link: String) -> Bool {
    guard let back = firstLine(target + "/gitdir"), canonical(absolute(back, from: target)) == link else { return false }
    guard let common = firstLine(target + "/commondir").flatMap({ canonical(absolute($0, from: target)) }) else { return false }
    return parent(of: target) == common + "/worktrees"
  }

  /// Only a linked worktree's administrative folder may take its objects and refs from elsewhere.
  private static func refuseForeignHistory(_ gitDirectory: String) throws(WorkspaceError) {
    var status = stat()
    for name in ["commondir", "objects", "refs", "HEAD", "config", "packed-refs"] {
      guard lstat("\(gitDirectory)/\(name)", &status) == 0 else { continue }
      if name == "commondir" || status.st_mode & S_IFMT == S_IFLNK && name != "HEAD" { throw redirected("\(gitDirectory)/\(name)") }
    }
  }

  private static func redirected(_ link: String) -> WorkspaceError {
    WorkspaceError(.redirected, "\(shown(link)) leads to another repository, which does not point back: use that one's own path")
  }

  /// `worktree = …` of the `[core]` section, read without git, because nothing is known of this file yet.
  private static func configuredWorkTree(_ path: String) -> String? {
    guard let bytes = smallFile(path) else { return nil }
    var inCore = false
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let text = line.trimmingSpaces
      if text.hasPrefix("[") { inCore = text.lowercased() == "[core]" }
      let parts = text.split(separator: "=", maxSplits: 1)
      if inCore, parts.count == 2, parts[0].trimmingSpaces.lowercased() == "worktree" { return String(parts[1].trimmingSpaces) }
    }
    return nil
  }

  private static func isGitDirectory(_ path: String) -> Bool {
    isDirectory(path + "/objects") && isDirectory(path + "/refs") && fileKind(path + "/HEAD") != nil
  }
}

// Paths.

/// The path without symbolic links, `.` and `..`; nil when nothing is there.
func canonical(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

func absolute(_ path: String, from folder: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }

func parent(of path: String) -> String {
  let end = path.lastIndex(of: "/") ?? path.startIndex
  return end == path.startIndex ? "/" : String(path[..<end])
}

func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The file type bits of what stands at `path`, links not followed; nil when nothing does.
func fileKind(_ path: String) -> mode_t? {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
}

/// The names in a folder, in no order; none when it cannot be read.
func folderNames(_ folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
      name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// A small regular file's bytes; nil when it is none, or larger than 64 KiB.
private func smallFile(_ path: String) -> [UInt8]? {
  let number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
  guard number >= 0 else { return nil }
  defer { close(number) }
  var status = stat()
  guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 65_536 else { return nil }
  var buffer = [UInt8](repeating: 0, count: 65_536)
  let count = read(number, &buffer, buffer.count)
  return count < 0 ? nil : Array(buffer[..<count])
}

private func firstLine(_ path: String) -> String? {
  smallFile(path).map { String(decoding: $0.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self) }
}

extension StringProtocol {
  fileprivate var trimmingSpaces: SubSequence {
    let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
    let end = lastIndex { $0 != " " && $0 != "\t" }.map(index(after:)) ?? start
    return self[start..<end]
  }
}
