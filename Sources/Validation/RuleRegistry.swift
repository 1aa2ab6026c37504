// Every rule and every language there is. Written by hand: what the engine judges should be readable in one place.

/// The lists of rules and languages.
public enum RuleRegistry {
  /// In the order in which findings on the same span are shown.
  public static let all: [any Rule] = [
    MovedRepositoryRule(),
    RemovedConfigurationKeyRule(),
    RemovedEnvironmentVariableRule(),
    RemovedFlagRule(),
    RemovedSubcommandRule(),
    RemovedSymbolRule(),
    RemovedValueRule(),
    ReplacedTermRule(),
    StaleDefaultRule(),
    StaleVersionRule(),
    SyntaxErrorRule(),
  ]

  /// The languages whose samples are judged.
  public static let languages: [any Language] = [
    JSONLanguage(),
    PythonLanguage(),
    TOMLLanguage(),
    YAMLLanguage(),
  ]

  /// The rule of this name.
  public static func rule(named name: String) -> (any Rule)? { all.first { $0.name == name } }

  /// The language that judges samples of this normalised name.
  static func language(named name: String) -> (any Language)? { languages.first { $0.names.contains(name) } }
}
