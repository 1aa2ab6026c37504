// The pages of the trees that are replayed, each read once for each of its versions: a history of thousands of commits has few new pages a
// commit. What a page mentions is small and kept while a tree has it; whole documents are kept up to a number of bytes.

import Documents
import Domain

/// Pages by content. One user at a time.
final class PageStore {
  private struct Key: Hashable {
    var path: String
    var blob: ObjectID
  }

  private let limits: DocumentLimits
  private let cachedBytes: Int
  private var terms: [Key: PageTerms?] = [:]
  private var documents: [Key: Document] = [:]
  private var total = 0

  init(limits: DocumentLimits, cachedBytes: Int = 8 << 20) {
    self.limits = limits
    self.cachedBytes = cachedBytes
  }

  /// What a page mentions; nil for a file that is no document by its bytes.
  func terms(of entry: TreeEntry, in tree: any Checkout, _ scope: EngineScope) throws -> PageTerms? {
    let key = Key(path: entry.path, blob: entry.blob)
    if let known = terms[key] { return known }
    let made = try document(entry, in: tree, scope).map(PageTerms.init)
    terms[key] = .some(made)
    return made
  }

  /// The document, as the engine reads it; nil for a file that is none by its bytes.
  func document(_ entry: TreeEntry, in tree: any Checkout, _ scope: EngineScope) throws -> Document? {
    let key = Key(path: entry.path, blob: entry.blob)
    if let known = documents[key] { return known }
    let bytes = try tree.read(entry, limit: limits.bytes)
    let loaded = Document.load(path: entry.path, bytes: bytes, limits: limits, includeDocComments: scope.includesDocComments)
    guard case .document(let document) = loaded else { return nil }
    if total + bytes.count > cachedBytes {
      documents = [:]
      total = 0
    }
    documents[key] = document
    total += bytes.count
    return document
  }

  /// Forgets the versions that a tree no longer has, now and then.
  func keep(_ pages: [TreeEntry]) {
    guard terms.count > 2 * pages.count + 64 else { return }
    let kept = Set(pages.map { Key(path: $0.path, blob: $0.blob) })
    terms = terms.filter { kept.contains($0.key) }
  }
}
