// Which paths a tree has: what links, includes and paths in code spans are held against.

import Synchronization

/// The paths of a tree, for lookups by exact spelling, by letter case and by file name. A value; made once for a revision.
public struct PathIndex: Sendable {
  /// Files and executables and symlinks, in the order of the tree.
  public let files: [String]
  private let kinds: [String: TreeEntry.Kind]
  private let folders: Set<String>
  /// Few links differ from their file in letter case.
  private let folded: FoldedPaths
  /// Files by their last component.
  private let named: [Substring: [Int]]

  public init(_ entries: some Sequence<TreeEntry>) {
    var files: [String] = []
    var all: [String] = []
    var kinds: [String: TreeEntry.Kind] = [:]
    var folders: Set<String> = []
    var named: [Substring: [Int]] = [:]
    for entry in entries {
      kinds[entry.path] = entry.kind
      all.append(entry.path)
      if entry.kind != .submodule {
        named[Self.name(of: entry.path), default: []].append(files.count)
        files.append(entry.path)
      }
      var parent = Self.folder(of: entry.path[...])
      while !parent.isEmpty, folders.insert(String(parent)).inserted {
        all.append(String(parent))
        parent = Self.folder(of: parent)
      }
    }
    (self.files, self.kinds, self.folders, self.named) = (files, kinds, folders, named)
    folded = FoldedPaths(all)
  }

  /// What stands at exactly this path, if no folder does.
  public func kind(of path: String) -> TreeEntry.Kind? { kinds[path] }

  /// Whether a file, a symlink or a submodule stands at exactly this path.
  public func hasFile(_ path: String) -> Bool { kinds[path] != nil }

  /// Whether a folder stands at exactly this path; the root is the empty path.
  public func hasFolder(_ path: String) -> Bool { path.isEmpty || folders.contains(path) }

  /// Files and folders that differ from the path by letter case alone.
  public func spellings(of path: String) -> [String] { folded.paths(like: path).filter { $0 != path } }

  /// Files with this last component, in the order of the tree.
  public func files(named name: some StringProtocol) -> [String] { (named[Substring(name)] ?? []).map { files[$0] } }

  /// The last component.
  public static func name(of path: String) -> Substring { path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...] }

  /// Without the last component; empty at the root.
  public static func folder(of path: Substring) -> Substring { path.lastIndex(of: "/").map { path[..<$0] } ?? "" }

  /// `path` as seen from the folder `base`, with `.` and `..` resolved; nil when it leaves the root.
  public static func resolve(_ path: some StringProtocol, from base: some StringProtocol) -> String? {
    var result: [UInt8] = []
    result.reserveCapacity(base.utf8.count + path.utf8.count + 1)
    if path.utf8.first != UInt8(ascii: "/") { eachPart(of: base) { append($0, to: &result) } }
    var isInside = true
    eachPart(of: path) { part in
      if part.elementsEqual(".".utf8) { return }
      guard part.elementsEqual("..".utf8) else { return append(part, to: &result) }
      if result.isEmpty { isInside = false }
      result.removeSubrange((result.lastIndex(of: UInt8(ascii: "/")) ?? 0)...)
    }
    return isInside ? String(decoding: result, as: UTF8.self) : nil
  }

  private static func append(_ part: Slice<UnsafeBufferPointer<UInt8>>, to result: inout [UInt8]) {
    if !result.isEmpty { result.append(UInt8(ascii: "/")) }
    result += part
  }

  /// What stands between slashes.
  private static func eachPart(of path: some StringProtocol, _ body: (Slice<UnsafeBufferPointer<UInt8>>) -> Void) {
    var path = String(path)
    path.withUTF8 { bytes in
      var start = 0
      for index in 0...bytes.count where index == bytes.count || bytes[index] == UInt8(ascii: "/") {
        if index > start { body(bytes[start..<index]) }
        start = index + 1
      }
    }
  }
}

/// Files and folders by their lower-case spelling, which is made when the first is asked for.
private final class FoldedPaths: Sendable {
  private let all: [String]
  private let kept = Mutex<[String: [String]]?>(nil)

  init(_ all: [String]) { self.all = all }

  func paths(like path: String) -> [String] {
    kept.withLock { kept in
      let folded = kept ?? Dictionary(grouping: all) { $0.lowercased() }
      kept = folded
      return folded[path.lowercased()] ?? []
    }
  }
}
