// Every rule and every language there is. Written by hand: what the engine judges should be readable in one place.

/// The lists of rules and languages.
public enum RuleRegistry {
  /// In the order in which findings on the same span are shown.
  public static let all: [any Rule] = [
    BrokenAnchorRule(),
    BrokenImageRule(),
    BrokenLinkRule(),
    LinkCaseRule(),
    MissingPathRule(),
    StaleEmbedRule(),
    ChangedCallRule(),
    RemovedParameterRule(),
    RemovedFlagRule(),
    RemovedEnvironmentVariableRule(),
    RemovedSubcommandRule(),
    RemovedConfigurationKeyRule(),
    RemovedSymbolRule(),
    RemovedValueRule(),
    MovedRepositoryRule(),
    RenamedBranchRule(),
    ReplacedDependencyRule(),
    ReplacedTermRule(),
    StaleDefaultRule(),
    StaleVersionRule(),
    StaleCopyRule(),
    SyntaxErrorRule(),
    FailingSampleRule(),
    ChangedOutputRule(),
    UnresolvedImportRule(),
    UnresolvedNameRule(),
  ]

  /// Rules that may each find the same name gone; the first of `all` that does speaks for it.
  static let removedNameRules: Set<String> = Set(all.map(\.name).filter { $0.hasPrefix("removed-") || $0.hasPrefix("replaced-") })

  /// The languages whose samples are judged.
  public static let languages: [any Language] = [
    BracketLanguage(.c),
    BracketLanguage(.cpp),
    BracketLanguage(.csharp),
    BracketLanguage(.kotlin),
    CSSLanguage(),
    DiffLanguage(),
    DockerfileLanguage(),
    DotenvLanguage(),
    GoLanguage(),
    GraphQLLanguage(),
    HCLLanguage(),
    HTMLLanguage(),
    INILanguage(),
    JSON5Language(),
    JSONLanguage(),
    JavaLanguage(),
    JavaScriptLanguage(),
    MakefileLanguage(),
    NginxLanguage(),
    PHPLanguage(),
    ProtoLanguage(),
    PythonLanguage(),
    RubyLanguage(),
    RustLanguage(),
    SQLLanguage(),
    ShellLanguage(),
    SwiftLanguage(),
    TOMLLanguage(),
    XMLLanguage(),
    YAMLLanguage(),
  ]

  /// The rule of this name.
  public static func rule(named name: String) -> (any Rule)? { all.first { $0.name == name } }

  /// The language that judges samples of this normalised name.
  static func language(named name: String) -> (any Language)? { languages.first { $0.names.contains(name) } }
}
