// A user's working tree with its uncommitted changes, for the command line. git only lists names; the files are opened
// here, one folder after the other without following symbolic links, so nothing outside of the tree is ever read.

import Domain
import Glibc

/// The files of a working tree as they are now: tracked ones, and untracked ones that are not ignored.
///
/// Entries are what was there when it was made; a file that has gone or grown since gives an error, not other content.
/// Blobs are named as git would name the bytes on disk, without line-end conversion or other filters.
public final class WorkingTree: Checkout {
  public var commit: ObjectID? { nil }
  /// Sorted by the bytes of the path.
  public let entries: [TreeEntry]
  private let root: FolderReader

  init(entries: [TreeEntry], root: FolderReader) {
    self.entries = entries
    self.root = root
  }

  public func entry(at path: String) -> TreeEntry? { entries.entry(at: path) }

  /// Throws `tooLarge` above `limit` bytes, `inputOutput` when it is no longer what it was.
  public func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] {
    guard entry.size <= limit else {
      throw WorkspaceError(.tooLarge, "\(shown(entry.path)) has \(entry.size) bytes, more than the limit of \(limit)")
    }
    if entry.kind == .symlink { return try root.linkText(entry.path) }
    guard entry.kind != .submodule else { throw WorkspaceError(.unknownRevision, "\(shown(entry.path)) is a submodule") }
    var content: [UInt8] = []
    content.reserveCapacity(entry.size)
    try root.readFile(entry.path) { size, chunk throws(WorkspaceError) in
      guard size <= limit else { throw WorkspaceError(.tooLarge, "\(shown(entry.path)) has grown beyond the limit of \(limit) bytes") }
      content += chunk
    }
    return content
  }

  /// What differs from `base`, by path. A file that was moved without being edited is a rename; other moves are a removal
  /// and an addition. A submodule is only compared by being there.
  public func changes(since base: any Checkout) -> [FileChange] {
    var changes: [FileChange] = []
    let old = Dictionary(base.entries.map { (Array($0.path.utf8), $0) }) { first, _ in first }
    let new = Dictionary(entries.map { (Array($0.path.utf8), $0) }) { first, _ in first }
    var gone = Dictionary(grouping: base.entries.filter { new[Array($0.path.utf8)] == nil }, by: \.blob)
    for entry in entries {
      if let before = old[Array(entry.path.utf8)] {
        let bothSubmodules = before.kind == .submodule && entry.kind == .submodule
        if bothSubmodules || (before.blob == entry.blob && before.kind == entry.kind) { continue }
        changes.append(FileChange(path: entry.path, kind: .modified, old: before, new: entry))
      } else if let before = gone[entry.blob]?.popLast() {
        changes.append(FileChange(path: entry.path, kind: .renamed(from: before.path), old: before, new: entry))
      } else {
        changes.append(FileChange(path: entry.path, kind: .added, old: nil, new: entry))
      }
    }
    changes += gone.values.joined().map { FileChange(path: $0.path, kind: .removed, old: $0, new: nil) }
    return changes.sorted { precedes($0.path, $1.path) }
  }
}

extension GitRepository {
  /// The working tree as it is now. Throws `notARepository` for a bare repository.
  public func workingTree() throws(WorkspaceError) -> WorkingTree {
    guard let workTree else { throw WorkspaceError(.notARepository, "\(shown(gitDirectory)) is bare: it has no working tree") }
    let listing = try run(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], outputLimit: Self.listingLimit)
    let format = try run(["rev-parse", "--show-object-format"]).output.starts(with: Array("sha256".utf8)) ? ObjectFormat.sha256 : .sha1
    let root = try FolderReader(workTree)
    var entries: [TreeEntry] = []
    var last: ArraySlice<UInt8> = []
    for name in listing.output.split(separator: 0).sorted(by: { $0.lexicographicallyPrecedes($1) }) where name != last {
      last = name
      // A name that is not UTF-8 cannot be a `String` that opens the same file again: it is listed by nobody.
      guard let path = String(validating: name, as: UTF8.self), let entry = try root.entry(path, format) else { continue }
      entries.append(entry)
    }
    return WorkingTree(entries: entries, root: root)
  }
}

/// Reads below one folder, without following symbolic links on the way or at the end.
///
/// `@unchecked Sendable` is safe: the descriptor is only used with `openat` and the like, which keep no position.
final class FolderReader: @unchecked Sendable {
  private let root: Descriptor

  init(_ path: String) throws(WorkspaceError) {
    let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw systemError("cannot open \(shown(path))", errno) }
    root = try Descriptor(adopting: number)
  }

  /// What stands at a path, with its blob's name; nil when nothing does, or something that git does not store.
  func entry(_ path: String, _ format: ObjectFormat) throws(WorkspaceError) -> TreeEntry? {
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let (folder, name) = try? openFolder(of: trimmed) else { return nil }
    var status = stat()
    guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return TreeEntry(path: trimmed, kind: .submodule, blob: format.zero, size: 0)
    case S_IFLNK:
      let text = try linkText(trimmed)
      return TreeEntry(path: trimmed, kind: .symlink, blob: format.blobName(text), size: text.count)
    case S_IFREG:
      var namer = BlobNamer(format, size: Int(status.st_size))
      var count = 0
      try readFile(trimmed) { _, chunk throws(WorkspaceError) in
        namer.update(chunk)
        count += chunk.count
      }
      guard count == Int(status.st_size) else { throw WorkspaceError(.inputOutput, "\(shown(path)) changed while it was read") }
      let kind: TreeEntry.Kind = status.st_mode & S_IXUSR == 0 ? .file : .executable
      return TreeEntry(path: trimmed, kind: kind, blob: namer.finish(), size: count)
    default: return nil
    }
  }

  func linkText(_ path: String) throws(WorkspaceError) -> [UInt8] {
    let (folder, name) = try openFolder(of: path)
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlinkat(folder.number, name, &buffer, buffer.count)
    guard count >= 0 else { throw systemError("cannot read the link \(shown(path))", errno) }
    return buffer[..<count].map { UInt8(bitPattern: $0) }
  }

  /// Hands out a regular file's size and, piece by piece, its bytes.
  func readFile(_ path: String, _ body: (Int, ArraySlice<UInt8>) throws(WorkspaceError) -> Void) throws(WorkspaceError) {
    let (folder, name) = try openFolder(of: path)
    // Non-blocking, so that a FIFO with a file's name cannot hold us.
    let file = try openEntry(folder, name, O_RDONLY | O_NONBLOCK, path)
    var status = stat()
    guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw WorkspaceError(.inputOutput, "\(shown(path)) is not a regular file any more")
    }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while let chunk = file.readSome(into: &buffer), !chunk.isEmpty { try body(Int(status.st_size), chunk) }
  }

  func openFolder(of path: String) throws(WorkspaceError) -> (folder: Descriptor, name: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }) else {
      throw WorkspaceError(.invalidPath, "not a path inside the repository: \(shown(path))")
    }
    var folder = root
    for part in parts.dropLast() { folder = try openEntry(folder, String(part), O_RDONLY | O_DIRECTORY, path) }
    return (folder, String(name))
  }

  private func openEntry(_ folder: Descriptor, _ name: String, _ flags: Int32, _ path: String) throws(WorkspaceError) -> Descriptor {
    let number = openat(folder.number, name, flags | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw systemError("cannot open \(shown(path))", errno) }
    return try Descriptor(adopting: number)
  }
}
