// How people name languages behind a fence, and the one name that the engine uses. Names follow Linguist
// (https://github.com/github-linguist/linguist/blob/main/lib/linguist/languages.yml) where it has one.

/// The names of languages.
public enum LanguageNames {
  /// The engine's name for what stands behind a fence: `py` is `python`. An unknown name is itself, in lower case.
  public static func normalized(_ name: some StringProtocol) -> String {
    let lower = name.lowercased()
    return aliases[lower] ?? lower
  }

  /// The language of a source file, by its extension; nil when unknown.
  public static func language(ofPath path: String) -> String? {
    guard let file = path.split(separator: "/").last, let dot = file.lastIndex(of: "."), dot != file.startIndex else { return nil }
    let name = file[file.index(after: dot)...].lowercased()
    return extensions[name] ?? aliases[name] ?? (canonical.contains(name) ? name : nil)
  }

  /// Whether the engine has heard of it.
  public static func isKnown(_ name: String) -> Bool { canonical.contains(name) }

  /// The engine's name, then how else people write it.
  private static let table: [[String]] = [
    ["python", "py", "python3", "py3", "pyi", "python-3"],
    ["pycon", "python-console", "python-repl", "pyconsole", "python-doctest", "doctest"],
    ["ipython", "ipython3", "ipy"],
    ["python2", "py2"],
    ["javascript", "js", "mjs", "cjs", "node", "nodejs", "ecmascript", "es6"],
    ["jsx", "javascriptreact"],
    ["typescript", "ts", "mts", "cts"],
    ["tsx", "typescriptreact"],
    ["java"],
    ["go", "golang"],
    ["rust", "rs"],
    ["ruby", "rb", "jruby"],
    ["c", "h"],
    ["cpp", "c++", "cc", "cxx", "hpp", "hxx"],
    ["csharp", "c#", "cs"],
    ["objectivec", "objc", "objective-c", "obj-c"],
    ["php"],
    ["swift"],
    ["kotlin", "kt", "kts"],
    ["scala", "sc"],
    ["groovy", "gradle"],
    ["bash", "sh", "shell", "zsh", "ksh", "shellscript", "fish"],
    ["console", "shell-session", "sh-session", "shellsession", "terminal", "term"],
    ["powershell", "ps1", "pwsh"],
    ["batch", "bat", "cmd"],
    ["sql", "postgresql", "psql", "mysql", "sqlite", "plpgsql"],
    ["json"],
    ["jsonc", "json-with-comments", "hujson"],
    ["json5"],
    ["jsonl", "ndjson", "json-lines", "jsonlines"],
    ["yaml", "yml"],
    ["toml"],
    ["ini", "cfg", "conf", "dosini", "properties", "desktop", "systemd"],
    ["dotenv", "env"],
    ["xml", "xsd", "svg", "pom"],
    ["html", "htm", "xhtml"],
    ["css", "scss", "less"],
    ["dockerfile", "docker", "containerfile"],
    ["makefile", "make", "mk"],
    ["nginx", "nginxconf"],
    ["graphql", "gql"],
    ["proto", "protobuf"],
    ["diff", "patch", "udiff"],
    ["markdown", "md", "gfm"],
    ["rst", "rest", "restructuredtext"],
    ["text", "txt", "plain", "plaintext", "none", "nohighlight", "output", "log", "no-highlight"],
    ["jinja", "jinja2", "j2", "html+jinja", "django", "twig", "liquid"],
    ["hcl", "terraform", "tf"],
    ["elixir", "ex", "exs"],
    ["erlang", "erl"],
    ["haskell", "hs"],
    ["lua"],
    ["perl", "pl"],
    ["r"],
    ["dart"],
    ["zig"],
    ["mermaid"],
    ["vue"], ["svelte"], ["nix"], ["cmake"], ["http"], ["math", "latex", "tex"],
  ]

  /// File extensions that are no info strings.
  private static let extensions: [String: String] = ["markdown": "markdown", "h": "c", "hh": "cpp", "m": "objectivec", "rake": "ruby"]

  private static let canonical = Set(table.compactMap(\.first))

  private static let aliases: [String: String] = {
    var names: [String: String] = [:]
    for row in table {
      guard let first = row.first else { continue }
      for name in row { names[name] = first }
    }
    return names
  }()
}
