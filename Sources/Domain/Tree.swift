// A repository's files at one commit, as everything above git sees them.

/// One file of a tree.
public struct TreeEntry: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case file, executable, symlink, submodule }
  /// Relative, `/`-separated, as git stores it (bytes that are not UTF-8 are repaired for display and never reach a command).
  public var path: String
  public var kind: Kind
  public var blob: ObjectID
  /// Bytes.
  public var size: Int

  public init(path: String, kind: Kind, blob: ObjectID, size: Int) {
    self.path = path
    self.kind = kind
    self.blob = blob
    self.size = size
  }
}

/// A read-only tree at one commit.
public protocol Checkout: Sendable {
  /// Nil for a tree that is not a commit's: a working tree, a test's literal.
  var commit: ObjectID? { get }
  /// Every entry, sorted by path.
  var entries: [TreeEntry] { get }
  /// The entry at exactly this path.
  func entry(at path: String) -> TreeEntry?
  /// The bytes of one blob of this tree. Symlinks give their target's text, never its content.
  /// Throws when the blob is not there or is larger than `limit` bytes.
  func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8]
}

/// What differs between two trees, by path.
public struct FileChange: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case added, removed, modified, renamed(from: String) }
  public var path: String
  public var kind: Kind
  /// Nil when the side has no such file.
  public var old: TreeEntry?
  public var new: TreeEntry?

  public init(path: String, kind: Kind, old: TreeEntry?, new: TreeEntry?) {
    self.path = path
    self.kind = kind
    self.old = old
    self.new = new
  }
}

/// A change: two trees and the files that differ. `base` nil means that nothing earlier is known.
public struct Change: Sendable {
  public var base: (any Checkout)?
  public var head: any Checkout
  public var files: [FileChange]
  /// Whether nobody named the base: it was looked for in history, and much may have happened since.
  public var isBaseGuessed = false

  public init(base: (any Checkout)?, head: any Checkout, files: [FileChange], isBaseGuessed: Bool = false) {
    self.base = base
    self.head = head
    self.files = files
    self.isBaseGuessed = isBaseGuessed
  }
}
