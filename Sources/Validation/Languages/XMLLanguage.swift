// XML samples. A fragment may have several roots, text around them, attributes without values and ends that are cut off; broken are tags
// and comments that never end, and end tags that cross.

import Domain

struct XMLLanguage: ScannedLanguage {
  let name = "xml"
  let names = ["xml"]

  func mistake(in sample: Sample) -> Mistake? {
    MarkupScanner.mistake(in: sample.code, dialect: .xml, isStrict: sample.isWhole)
  }

  /// HTML under the name of XML, and templates of user interface frameworks.
  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    sample.contains("<br>") || sample.contains("<img") || sample.contains("<input") || sample.contains("<html") || sample.contains("={")
      || sample.contains("[...")
  }
}
