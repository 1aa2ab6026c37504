// HTML samples. Browsers repair nearly everything; broken are comments, tags and quotes that never end. A whole page must also close
// the elements that have no optional end.

import Domain

struct HTMLLanguage: ScannedLanguage {
  let name = "html"
  let names = ["html"]

  func mistake(in sample: Sample) -> Mistake? {
    MarkupScanner.mistake(in: sample.code, dialect: .html, isStrict: sample.isWhole)
  }

  /// Templates of user interface frameworks: `href=${x}`, `onClick={f}`.
  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool { sample.contains("${") || sample.contains("={") || sample.contains("<?") }
}
