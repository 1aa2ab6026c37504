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
    RemovedSymbolRule(),
    StaleCopyRule(),
    MovedRepositoryRule(),
    RemovedConfigurationKeyRule(),
    RemovedEnvironmentVariableRule(),
    RemovedFlagRule(),
    RemovedSubcommandRule(),
    RemovedValueRule(),
    StaleVersionRule(),
    SyntaxErrorRule(),
    FailingSampleRule(),
    ChangedOutputRule(),
    UnresolvedImportRule(),
    UnresolvedNameRule(),
  ]

  /// The languages whose samples are judged.
  public static let languages: [any Language] = [
    BracketLanguage(.c),
    BracketLanguage(.cpp),
    BracketLanguage(.csharp),
    BracketLanguage(.kotlin),
    GoLanguage(),
    JSONLanguage(),
    JavaLanguage(),
    JavaScriptLanguage(),
    PHPLanguage(),
    PythonLanguage(),
    RubyLanguage(),
    RustLanguage(),
    SwiftLanguage(),
    CSSLanguage(),
    DiffLanguage(),
    DockerfileLanguage(),
    DotenvLanguage(),
    GraphQLLanguage(),
    HCLLanguage(),
    HTMLLanguage(),
    INILanguage(),
    JSON5Language(),
    MakefileLanguage(),
    NginxLanguage(),
    ProtoLanguage(),
    SQLLanguage(),
    ShellLanguage(),
    TOMLLanguage(),
    XMLLanguage(),
    YAMLLanguage(),
  ]

  /// The rule of this name.
  public static func rule(named name: String) -> (any Rule)? { all.first { $0.name == name } }

  /// The language that judges samples of this normalised name.
  static func language(named name: String) -> (any Language)? { languages.first { $0.names.contains(name) } }
}
