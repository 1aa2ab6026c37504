// How much a name says by itself. `parse_config` in a document means the function of that name; `open`, `next` or `Client` may mean
// anything, and need a call, an owner or a module around them.

/// The shape of a name.
enum NameShape: Hashable {
  /// `parse_config`, `parseConfig`, `HTTPServer2`, `ParseConfig`: nobody writes it by accident.
  case distinctive
  /// `Client`: one capitalised word.
  case capitalized
  /// `open`, `fetchall`: one word.
  case plain

  init(_ name: String) {
    let bytes = Array(name.utf8)
    let core = bytes.drop { $0 == 95 }
    if core.count < 4 { self = bytes.first.map(Self.isUpper) == true && core.count > 1 ? .capitalized : .plain; return }
    if core.dropLast().contains(95) || Self.hasHump(core) {
      self = .distinctive
    } else if let first = core.first, Self.isUpper(first), core.dropFirst().contains(where: Self.isLower) {
      self = .capitalized
    } else {
      self = .plain
    }
  }

  /// A name without case and separators.
  static func folded(_ name: String) -> String { String(name.lowercased().filter { $0 != "_" && $0 != "-" }) }

  /// A capital behind a small letter, a small one behind two capitals, or a digit inside: two words in one.
  private static func hasHump(_ bytes: ArraySlice<UInt8>) -> Bool {
    var (sawLower, capitals, sawDigit) = (false, 0, false)
    for byte in bytes {
      if isUpper(byte) {
        if sawLower || sawDigit { return true }
        capitals += 1
      } else if isLower(byte) {
        if capitals > 1 || sawDigit { return true }
        sawLower = true
      } else if byte >= 48, byte <= 57 {
        sawDigit = sawLower || capitals > 0
      }
    }
    return false
  }

  private static func isUpper(_ byte: UInt8) -> Bool { byte >= 65 && byte <= 90 }
  private static func isLower(_ byte: UInt8) -> Bool { byte >= 97 && byte <= 122 }
}

/// Names that a call does not make anyone's own: they are built into some language.
enum BuiltinNames {
  static func contains(_ name: String) -> Bool { names.contains(name) }

  private static let names: Set<String> = Set(
    """
    abs all any append apply assert await bind bool bytes call callable catch ceil chr close compile concat copy count create date debug
    decode default del delete dict dir each echo encode entries enumerate eprintln error eval every exec exit expect extend fail fetch fill
    filter find first flat float floor flush fold for foreach format free from get getattr group handle has hash head help id if import in
    include index info init input insert int isinstance it items iter join json keys lambda last len length let list load local locals lock
    log lower main make malloc map match max memcpy merge min new next not now null object of on open option ord panic parse path pop post
    pow print printf println push put puts raise random range read recv reduce reject release remove render repeat replace repr request
    require resolve response result return reverse round run save scan seek select self send set setup shift show size sleep slice some sort
    split sprintf start stat static stop str string sub sum super swap switch tail take tap tell test text then throw time trim try tuple
    type typeof unwrap update upper use value values var vars verify wait warn when where while with write yield zip
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
