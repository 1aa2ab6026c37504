// From a change of the code to what happened to each name: which symbols the base defined and the head does not, and what
// they are called now.

import Domain

/// How much an analysis reads. What lies beyond is named in `ChangeAnalysis.skips`.
public struct AnalysisLimits: Sendable, Hashable {
  /// Larger files are not scanned.
  public var fileBytes: Int
  /// Changed source files beyond these are not scanned.
  public var changedFiles: Int
  /// Bytes of unchanged files that may be searched for what is left of a name.
  public var treeBytes: Int

  public init(fileBytes: Int = 2 << 20, changedFiles: Int = 4000, treeBytes: Int = 512 << 20) {
    self.fileBytes = fileBytes
    self.changedFiles = changedFiles
    self.treeBytes = treeBytes
  }
}

/// What a change did to the names of the code.
///
/// The changed files are read at once; unchanged files only when the first name is asked about that the change may have
/// removed, so a change that touches nothing documented reads nothing else.
public struct ChangeAnalysis: Sendable {
  /// What was not read, and why.
  public let skips: [Skip]
  /// Every plain name that a changed file of the base defined and the head's changed files do not: only these, alone or
  /// qualified, can be answers of `removed`. Lets a caller pass over documents that mention none of them.
  public let candidateNames: Set<String>

  /// Reads the changed files. Throws what the checkouts throw. Without a base nothing is known to be removed.
  public init(change: Change, cache: any FactsCache, limits: AnalysisLimits = AnalysisLimits()) throws {
    skips = []
    candidateNames = []
  }

  /// What the head lost under this name, or nil when it still has it, never had it, or cannot tell. The name is plain
  /// (`parse_config`) or qualified (`Client.close`, `client::connect`, `Client#close`).
  public func removed(_ name: String) -> RemovedSymbol? { nil }

  /// What a removed name is called now, most likely first: none without evidence, several when the evidence cannot decide.
  public func renames(of name: String) -> [Rename] { [] }
}
