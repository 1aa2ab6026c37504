// What a repository's `.doc-healing.yml` means to the engine: the same for the service and the command line.

import Documents
import Domain
import Settings
import Validation

extension Engine {
  /// The engine as a repository wants it.
  /// - Parameter selectedRules: only these rules, whatever the repository says; nil for those that are on.
  public func configured(by repository: RepositoryConfiguration, selectedRules: Set<String>? = nil) -> Engine {
    var engine = self
    engine.validator = validator.configured { configuration in
      configuration.rules = repository.rules
      configuration.selectedRules = selectedRules
      configuration.disabledLanguages = Set(repository.languages.filter { !$0.value.enabled }.keys.map(LanguageNames.normalized))
      configuration.sampleLanguages = Set(repository.snippetMarkers.codeBlockLanguages.map(LanguageNames.normalized))
      configuration.ignoreMarker = repository.snippetMarkers.ignoreMarker
      configuration.unresolvedLanguages = Set(repository.languages.filter { $0.value.level == .syntax }.keys.map(LanguageNames.normalized))
    }
    if !repository.validation.languageModel { engine.model = nil }
    return engine
  }
}

extension EngineScope {
  /// The documents that a repository wants looked at, and the samples that it wants run. Files of code are documents where a pattern
  /// of `documentation.include` names their extension.
  /// - Parameter day: today, for what is ignored until a day: `2026-11-24`; without it every entry counts.
  public init(_ repository: RepositoryConfiguration, on day: String = "0000-01-01") {
    let executed = repository.languages.filter { $0.value.enabled && $0.value.level == .execute }
    let settings = ExecutionSettings(
      languages: Dictionary(
        executed.map {
          (LanguageNames.normalized($0.key), ExecutionSettings.Language(timeout: $0.value.timeout, dependencies: $0.value.dependencies))
        }, uniquingKeysWith: { first, _ in first }))
    let namesCode = repository.documentation.include.contains {
      DocumentSelection.format(ofPath: $0.pattern, includeDocComments: true) == .docComments
    }
    self.init(includes: { repository.documentation.selects($0) }, execution: settings, includesDocComments: namesCode)
    let ignored = repository.ignored
    if !ignored.isEmpty {
      ignores = { finding in
        ignored.contains { $0.covers(rule: finding.rule, path: finding.path, fingerprint: finding.fingerprint, on: day) }
      }
    }
  }
}
