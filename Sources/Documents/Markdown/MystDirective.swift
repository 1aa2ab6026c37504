// What the directives of MyST (and of Sphinx behind it) hold. MyST writes them as fences: ```{note}, :::{note}. A note's content is
// Markdown, a code block's is code, a table of contents lists pages.

/// What stands inside a directive.
enum DirectiveContent: Hashable {
  /// Text in the document's own format; the argument is a title.
  case text
  case code
  /// Pages, one a line.
  case pages
  /// The argument is the path of a file that is put in.
  case include
  /// The argument is a picture's path; the content is its caption.
  case image
  /// The argument is a name of the code.
  case name
  /// Something else: a formula, a drawing, data.
  case other

  /// What the directive of a name holds; nil when the name is unknown.
  static func of(_ name: String) -> DirectiveContent? {
    if let known = table[name] { return known }
    return name.hasPrefix("auto") || isDomainObject(name) ? .name : nil
  }

  /// `py:function`, `rst:directive`: a description of an object.
  private static func isDomainObject(_ name: String) -> Bool {
    guard let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
    return ["py", "js", "c", "cpp", "rst", "std", "rust", "go", "php", "rb", "java"].contains(String(name[..<colon]))
  }

  private static let table: [String: DirectiveContent] = {
    var table: [String: DirectiveContent] = [:]
    func add(_ content: DirectiveContent, _ names: [String]) { for name in names { table[name] = content } }
    add(
      .text,
      [
        "note", "warning", "tip", "hint", "important", "caution", "attention", "danger", "error", "admonition", "seealso", "deprecated",
        "versionadded", "versionchanged", "versionremoved", "dropdown", "details", "tab-set", "tab-item", "tabs", "tab", "group-tab",
        "grid",
        "grid-item", "grid-item-card", "card", "card-carousel", "button-link", "button-ref", "epigraph", "sidebar", "topic", "margin",
        "aside",
        "list-table", "table", "flat-table", "glossary", "container", "rst-class", "class", "compound", "highlights", "pull-quote",
        "parsed-content", "todo", "exercise", "solution", "prf:theorem", "important-note", "rubric", "centered", "hlist", "only", "if",
        "ifconfig",
        "div", "example", "collapse", "toggle", "info", "success", "question", "bug", "abstract", "summary", "quote", "failure", "faq",
        "figure-md", "field-list", "definition-list", "line-block", "blockquote", "layout", "role", "legend", "footer", "header",
        "replace",
      ])
    add(
      .code,
      [
        "code-block", "code", "sourcecode", "code-cell", "testcode", "testoutput", "testsetup", "testcleanup", "doctest", "prompt",
        "ipython", "jupyter-execute", "exec", "pyodide", "try_python", "code-example", "highlight-code", "eval-rst",
      ])
    add(.pages, ["toctree", "autosummary-pages", "nbgallery", "minigallery"])
    add(.include, ["include", "literalinclude", "mdinclude", "csv-include", "command-output-file", "embed", "download"])
    add(.image, ["image", "figure", "thumbnail", "video"])
    add(
      .name,
      [
        "function", "class-object", "method", "module", "currentmodule", "attribute", "data", "exception", "envvar", "option", "program",
        "confval", "setting", "decorator", "classmethod", "staticmethod", "property", "describe", "object",
      ])
    add(
      .other,
      [
        "math", "mermaid", "graphviz", "digraph", "graph", "raw", "contents", "tableofcontents", "bibliography", "plantuml", "csv-table",
        "index", "meta", "highlight", "default-role", "sectionauthor", "codeauthor", "productionlist", "parsed-literal", "iframe",
        "youtube",
        "plot", "uml", "argparse", "program-output", "command-output", "click", "typer", "jsonschema", "openapi", "swagger-plugin",
        "inheritance-diagram", "autosummary", "target-notes", "sectnum", "unicode", "date", "tags", "substitutions", "code-output",
        "cell-output", "glue", "altair-plot", "chart", "drawio-image", "svgbob", "asciinema", "terminal", "list-directives",
      ])
    return table
  }()
}

/// The tags in which a projection writes what Markdown has no words for.
enum ProjectedTag {
  static let prefix = "x-dh-"

  /// `x-dh-literalinclude` is the role `literalinclude`.
  static func role(of tag: String) -> String? { tag.hasPrefix(prefix) ? String(tag.dropFirst(prefix.count)) : nil }
}
