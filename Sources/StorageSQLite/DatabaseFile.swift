// The file: made at exactly the path that was configured, for this user's eyes only, before SQLite sees it. SQLite would
// take `file:x?mode=memory` for a URI and `:memory:` for no file at all; an absolute path is neither.

import Domain
import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

private let slash = UInt8(ascii: "/")

/// A path that SQLite may open.
struct DatabaseFile {
  /// What to do about a path that does not work.
  static let advice = "set DOC_HEALING_SQLITE_PATH to a file in a folder that this user can write"

  /// SQLite's limit for a path is 512 bytes (MAX_PATHNAME of its os_unix.c), and its journals' names are longer than the file's.
  private static let longestPath = 500

  /// What messages call the database.
  let name: String
  /// Starts with `/`, and names the same file as the configured path.
  let absolutePath: String

  /// Creates the file, when it is missing, with mode 0600, and its missing folders with mode 0700.
  init(creating path: String) throws(StoreError) {
    name = "database \(Self.printable(path))"
    guard let last = path.utf8.last, last != slash, !path.utf8.contains(0) else {
      throw StoreError(.unavailable, "\(name) cannot be created: that is no path of a file; \(Self.advice)")
    }
    absolutePath = try Self.absolute(path, name)
    guard absolutePath.utf8.count <= Self.longestPath else {
      throw StoreError(
        .unavailable, "\(name) cannot be created: its path is longer than \(Self.longestPath) bytes; \(Self.advice)")
    }
    try makeFolders()
    try makeFile()
  }

  private static func absolute(_ path: String, _ name: String) throws(StoreError) -> String {
    if path.utf8.first == slash { return path }
    guard let folder = getcwd(nil, 0) else {
      throw StoreError(.unavailable, "\(name) cannot be created: the working directory is gone; \(advice)")
    }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  private func makeFolders() throws(StoreError) {
    // By bytes: a slash and a combining mark after it are one Character, which is not "/".
    let bytes = absolutePath.utf8
    for end in bytes.indices.dropFirst() where bytes[end] == slash {
      let folder = String(absolutePath[..<end])
      guard mkdir(folder, 0o700) != 0, errno != EEXIST else { continue }
      let code = errno
      var status = stat()
      // A folder that exists on a read-only disk, or under one that may not be written, answers EROFS or EACCES.
      if stat(folder, &status) == 0 { continue }
      throw StoreError(.unavailable, "\(name) cannot be created: folder \(Self.printable(folder)): \(systemReason(code)); \(Self.advice)")
    }
  }

  private func makeFile() throws(StoreError) {
    // `mknod` and not `open`: closing a descriptor would drop the locks of every connection of this process to the file.
    if mknod(absolutePath, S_IFREG | 0o600, 0) == 0 {
      chmod(absolutePath, 0o600)
      return
    }
    let code = errno
    var status = stat()
    if code == EEXIST, stat(absolutePath, &status) != 0, errno == ENOENT { return try makeTarget() }
    guard stat(absolutePath, &status) == 0 else { throw cannotCreate(code) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "that is a folder" : "that is no regular file"
      throw StoreError(.unavailable, "\(name) cannot be created: \(kind); \(Self.advice)")
    }
  }

  /// The path is a symbolic link to a file that is not there yet.
  private func makeTarget() throws(StoreError) {
    let file = open(absolutePath, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw cannotCreate(errno) }
    close(file)
  }

  /// A path as one line shows it.
  private static func printable(_ path: String) -> String {
    String(String.UnicodeScalarView(path.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }

  private func cannotCreate(_ code: Int32) -> StoreError {
    StoreError(.unavailable, "\(name) cannot be created: \(systemReason(code)); \(Self.advice)")
  }
}
