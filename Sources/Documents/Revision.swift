// A revision as rules and strategies see it: its paths, and its documents and other texts read when somebody asks.

import Domain
import Synchronization

/// One side of a change: the paths of a tree, and its files on demand. What was read is kept; use it from any thread.
public final class Revision: Sendable {
  public let checkout: any Checkout
  public let paths: PathIndex
  /// Where links lead in this tree.
  public let links: LinkIndex
  private let limits: DocumentLimits
  private let documents = Mutex<[String: Document?]>([:])
  private let readRedirects = Mutex<Redirects?>(nil)

  /// - Parameters:
  ///   - documents: those that are read already.
  ///   - paths: where they are known already.
  public init(
    _ checkout: any Checkout, documents: [Document] = [], limits: DocumentLimits = DocumentLimits(), paths: PathIndex? = nil
  ) {
    self.checkout = checkout
    self.limits = limits
    let paths = paths ?? PathIndex(checkout.entries)
    self.paths = paths
    links = LinkIndex(checkout, paths)
    let read = Dictionary(documents.map { ($0.path, Optional($0)) }, uniquingKeysWith: { first, _ in first })
    self.documents.withLock { $0 = read }
  }

  /// Addresses that moved; read once.
  public var redirects: Redirects {
    readRedirects.withLock { kept in
      let redirects = kept ?? Redirects(self)
      kept = redirects
      return redirects
    }
  }

  /// The document at a path, also one that is left out of checks (a changelog); nil when it is none or cannot be read.
  public func document(at path: String) -> Document? {
    if let known = documents.withLock({ $0[path] }) { return known }
    var document: Document?
    if let format = DocumentSelection.format(ofPath: path), let bytes = bytes(at: path, limit: limits.bytes) {
      document = try? Document.read(path: path, bytes: bytes, format: format, limits: limits)
    }
    documents.withLock { $0[path] = .some(document) }
    return document
  }

  /// The bytes of a file; nil when there is none, or it is larger than the limit.
  public func bytes(at path: String, limit: Int = 2 << 20) -> [UInt8]? {
    guard let entry = checkout.entry(at: path), entry.kind == .file || entry.kind == .executable, entry.size <= limit else { return nil }
    return try? checkout.read(entry, limit: limit)
  }
}

/// Both sides of a change, and what differs.
public struct Revisions: Sendable {
  public let head: Revision
  /// Nil when nothing earlier is known.
  public let base: Revision?
  public let files: [FileChange]
  /// What links of the head are, seen from both sides.
  public let links: LinkHistory

  public init(head: Revision, base: Revision? = nil, files: [FileChange] = []) {
    self.head = head
    self.base = base
    self.files = files
    links = LinkHistory(head: head, base: base, files: files)
  }
}
