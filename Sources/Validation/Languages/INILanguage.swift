// INI samples and their kin: properties, systemd units, desktop entries, `setup.cfg`. Each program reads them its own way; certain is
// only that a section's name ends on its line, that an assignment has a key, and that a property's `\u` has four digits.

import Domain

struct INILanguage: ScannedLanguage {
  let name = "ini"
  let names = ["ini"]

  func mistake(in sample: Sample) -> Mistake? {
    var isContinued = false
    for line in sample.lines {
      let body = line.trimmed
      defer { isContinued = body.last == UInt8(ascii: "\\") }
      guard let first = body.first, !isContinued, line.first?.isBlank == false else { continue }
      if let found = Self.mistake(first, body, isStrict: sample.isWhole) { return found }
    }
    return nil
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool { sample.hasPlaceholder }

  private static func mistake(_ first: UInt8, _ body: ArraySlice<UInt8>, isStrict: Bool) -> Mistake? {
    switch first {
    case UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "!"): return nil
    case UInt8(ascii: "["):
      // A value of a list on lines of its own begins so as well, and has an assignment or more text around it.
      if body.contains(UInt8(ascii: "]")) || !isStrict && !body.dropFirst().allSatisfy(isSectionName) { return nil }
      return Mistake(.unclosed, body.startIndex..<body.endIndex, "a section whose name is not closed with `]`")
    case UInt8(ascii: "="):
      // Lines of `===` are rules of text.
      return body.dropFirst().first == first ? nil : Mistake(at: body.startIndex, "a value without a key")
    default: return nil
    }
  }

  private static func isSectionName(_ byte: UInt8) -> Bool { byte.isWord || " .:-/*@\"".utf8.contains(byte) }
}
