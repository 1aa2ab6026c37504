// Whether names in samples exist in the code, at one commit, without any earlier one. Only names of the repository's own packages
// are asked about, and only where everything that could give them a meaning was read: a module that computes its names, imports
// somebody else's with a star, or is not in the repository (compiled, generated) is open, and of an open module nothing is
// absent. In doubt a name exists.
//
// Each language has a folder layout (which packages are this repository's), an outline (what a file defines) and a check of a
// sample against both. Files are read when a sample first leads to them, and kept.

import Domain
import Synchronization

/// How much a resolver reads. Beyond it every name exists.
public struct ResolveLimits: Sendable, Hashable {
  /// Larger files are not read.
  public var fileBytes: Int
  /// Files read for all samples together.
  public var files: Int
  /// Larger samples are not looked at.
  public var sampleBytes: Int

  public init(fileBytes: Int = 1 << 20, files: Int = 4000, sampleBytes: Int = 64 << 10) {
    self.fileBytes = fileBytes
    self.files = files
    self.sampleBytes = sampleBytes
  }
}

/// A name of the repository's own code that a sample uses and the code does not have.
public struct UnresolvedName: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// What an import statement names: a module, or something in one.
    case imported
    /// A member of a module or a type.
    case member
    /// A keyword argument.
    case argument
  }
  public var kind: Kind
  public var name: String
  /// What should have it: `` module `paint.brush` ``, `` `Brush` ``.
  public var owner: String
  /// The bytes of the name in the sample.
  public var range: Range<Int>
  /// What the owner has that is spelled most like it.
  public var nearest: String?
  /// Other modules or packages of the repository that have the name.
  public var elsewhere: [String]
  /// The file that was looked into.
  public var path: String
}

/// One sample of a document, in the order of the document.
public struct ResolvableSample: Sendable {
  /// Output, prompts and other text that is no code are blanked out, so that every byte keeps its place.
  public var code: [UInt8]
  /// Its normalised language.
  public var language: String

  public init(code: [UInt8], language: String) {
    self.code = code
    self.language = language
  }
}

/// Answers which names exist at one commit. Made once for a commit; use it from any thread.
public final class Resolver: Sendable {
  private let python: Mutex<PythonResolver>
  private let go: Mutex<GoResolver>
  private let script: Mutex<ScriptResolver>
  private let limits: ResolveLimits

  public init(_ checkout: any Checkout, limits: ResolveLimits = ResolveLimits()) {
    let files = CodeFiles(checkout: checkout, limits: limits)
    self.limits = limits
    python = Mutex(PythonResolver(files))
    go = Mutex(GoResolver(files))
    script = Mutex(ScriptResolver(files))
  }

  /// The repository's own Python packages and the folders that they are imported from.
  public var pythonPackages: [(name: String, folder: String)] {
    python.withLock { $0.layout.roots.map { (name: $0.key, folder: splitPath($0.value).folder) }.sorted { $0.name < $1.name } }
  }

  /// The repository's own JavaScript packages and their folders.
  public var scriptPackages: [(name: String, folder: String)] { script.withLock { $0.names() } }

  /// What the samples of one document use and the code does not have, by the sample's place in the list. What one sample
  /// imports, later ones know.
  public func unresolved(in samples: [ResolvableSample]) -> [(sample: Int, name: UnresolvedName)] {
    let known = samples.enumerated().filter { $0.element.code.count <= limits.sampleBytes }
    func of(_ languages: Set<String>) -> [(Int, [UInt8])] {
      known.filter { languages.contains($0.element.language) }.map { ($0.offset, $0.element.code) }
    }
    var found: [(sample: Int, name: UnresolvedName)] = []
    let pythons = of(["python", "pycon", "ipython"])
    if !pythons.isEmpty { found += python.withLock { $0.unresolved(in: pythons) } }
    let gos = of(["go"])
    if !gos.isEmpty { found += go.withLock { $0.unresolved(in: gos) } }
    let scripts = of(["javascript", "typescript", "jsx", "tsx"])
    if !scripts.isEmpty { found += script.withLock { $0.unresolved(in: scripts) } }
    return found.sorted { ($0.sample, $0.name.range.lowerBound) < ($1.sample, $1.name.range.lowerBound) }
  }
}

/// The files of a tree, for resolvers.
struct CodeFiles: Sendable {
  let checkout: any Checkout
  let limits: ResolveLimits

  var entries: [TreeEntry] { checkout.entries }

  /// The text at a path; nil when there is none, or it is too large.
  func bytes(at path: String) -> [UInt8]? {
    guard let entry = checkout.entry(at: path), entry.kind == .file || entry.kind == .executable, entry.size <= limits.fileBytes else {
      return nil
    }
    return try? checkout.read(entry, limit: limits.fileBytes)
  }

  func tree(at path: String, as language: SourceLanguage) -> TokenTree? {
    guard let bytes = bytes(at: path), FileScanner.refusal(of: bytes) == nil else { return nil }
    return (try? Lexer.lex(bytes, as: language)).map(TokenTree.init)
  }
}

/// The last component of a path, and what is before it.
func splitPath(_ path: String) -> (folder: String, name: String) {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
  return (String(path[..<slash]), String(path[path.index(after: slash)...]))
}

func joinPath(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

/// The candidate that is spelled most like a name: at most a third of its letters differ.
func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased().utf8)
  guard wanted.count <= 60 else { return nil }
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate != name && !(candidate.hasPrefix("_") && !name.hasPrefix("_")) {
    let bytes = Array(candidate.lowercased().utf8)
    guard bytes.count <= 60, abs(bytes.count - wanted.count) <= wanted.count / 3 else { continue }
    let distance = editDistance(wanted, bytes)
    guard distance <= max(1, wanted.count / 3) else { continue }
    if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true { best = (distance, candidate) }
  }
  return best?.name
}

/// Levenshtein's distance.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (i, byte) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in right.enumerated() {
      let next = byte == other ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[right.count]
}
