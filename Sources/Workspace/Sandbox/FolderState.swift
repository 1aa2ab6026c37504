// The few things that caches on disk ask of the file system.

import Glibc

/// Folders of our own.
public enum FolderState {
  public static func exists(_ path: String) -> Bool { isDirectory(path) }

  /// Makes a folder and those above it. Throws `inputOutput`.
  public static func make(_ path: String) throws(WorkspaceError) {
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      folder += "/\(part)"
      guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw systemError("cannot make \(shown(folder))", errno) }
    }
  }

  /// Moves a finished folder to its place; when one is there already, that one stays.
  public static func publish(_ folder: String, as path: String) throws(WorkspaceError) {
    guard rename(folder, path) == 0 || errno == EEXIST || errno == ENOTEMPTY else {
      throw systemError("cannot move to \(shown(path))", errno)
    }
  }
}
