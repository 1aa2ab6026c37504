// What the scanner finds in a file: declarations. A `Declaration` knows nothing of paths, so that it can be cached by the
// blob that holds it; a `Symbol` is a declaration at a path.

/// A parameter of a function or method.
public struct Parameter: Sendable, Hashable {
  /// The name inside the function.
  public var name: String
  /// Swift's argument label where it differs from the name; `_` for none.
  public var label: String?
  /// The type as written, without spaces at its ends.
  public var type: String?
  /// The default value as written.
  public var defaultValue: String?

  public init(name: String, label: String? = nil, type: String? = nil, defaultValue: String? = nil) {
    self.name = name
    self.label = label
    self.type = type
    self.defaultValue = defaultValue
  }
}

/// What a body looks like when its own name is left out of it: evidence that two declarations are one, renamed.
public struct BodyShape: Sendable, Hashable {
  /// Equal for equal token sequences (comments and layout do not count, the declaration's own name neither).
  public var hash: UInt64
  public var tokenCount: Int
  /// The smallest hashes of the body's three-token runs (a bottom-k sketch), ascending.
  public var sketch: [UInt64]

  /// The estimated share of three-token runs in common, 0 to 1.
  public func similarity(to other: BodyShape) -> Double {
    if hash == other.hash && tokenCount == other.tokenCount { return 1 }
    if sketch.isEmpty || other.sketch.isEmpty { return 0 }
    return Self.overlap(sketch, other.sketch, size: Self.sketchSize)
  }

  static let sketchSize = 48

  /// Jaccard similarity estimated on the smallest `size` hashes of the union (Broder, "On the resemblance and containment
  /// of documents").
  private static func overlap(_ left: [UInt64], _ right: [UInt64], size: Int) -> Double {
    var (i, j, union, common) = (0, 0, 0, 0)
    while union < size && (i < left.count || j < right.count) {
      union += 1
      if j >= right.count || (i < left.count && left[i] < right[j]) {
        i += 1
      } else if i >= left.count || right[j] < left[i] {
        j += 1
      } else {
        common += 1
        i += 1
        j += 1
      }
    }
    return union == 0 ? 0 : Double(common) / Double(union)
  }
}

/// A named thing declared in one file.
public struct Declaration: Sendable, Hashable {
  /// What kind of thing a name stands for; the raw value is the word that people use for it.
  public enum Kind: String, Sendable, CaseIterable, Hashable {
    case module, `class`, `struct`, `enum`, `protocol`, interface, trait
    case function, method, constructor, macro
    case field, constant, variable, enumCase = "enum case", typeAlias = "type alias", parameter

    /// Whether members can belong to it.
    public var isType: Bool {
      switch self {
      case .class, .struct, .enum, .protocol, .interface, .trait: true
      default: false
      }
    }

    public var isCallable: Bool { self == .function || self == .method || self == .constructor || self == .macro }
  }

  public var name: String
  public var kind: Kind
  /// The names of the enclosing types and namespaces, outermost first.
  public var owner: [String]
  /// 1-based line of the name.
  public var line: Int
  /// 1-based line on which the body ends; `line` when there is none.
  public var endLine: Int
  /// Nil for what takes no arguments.
  public var parameters: [Parameter]?
  public var shape: BodyShape
  /// The deprecation's text (attribute, decorator, doc comment or warning), possibly empty; nil when it is not deprecated.
  public var deprecation: String?
  /// The name that this is only another name for: `old = new`, `typealias Old = New`, a body that only calls it.
  public var aliasOf: String?
  /// Declared inside a function: nothing outside can name it.
  public var isLocal: Bool

  /// `Client.close` for a method `close` of `Client`.
  public var qualifiedName: String { (owner + [name]).joined(separator: ".") }
}

/// A declaration at a path.
public struct Symbol: Sendable, Hashable {
  public var declaration: Declaration
  public var path: String
  public var language: SourceLanguage

  public init(_ declaration: Declaration, path: String, language: SourceLanguage) {
    self.declaration = declaration
    self.path = path
    self.language = language
  }

  public var name: String { declaration.name }
  public var kind: Declaration.Kind { declaration.kind }
  public var owner: [String] { declaration.owner }
  public var line: Int { declaration.line }
  public var qualifiedName: String { declaration.qualifiedName }

  /// `function parse_config (src/config.py:12)`.
  public var place: String { "\(kind.rawValue) \(qualifiedName) (\(path):\(line))" }
}
