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
    }
    return engine
  }
}
