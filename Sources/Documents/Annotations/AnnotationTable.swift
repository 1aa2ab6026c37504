// The words in which authors tell tools what to do with a sample: those of the test runners, formatters, embedders and generators of the
// field, each dialect with the place where its words stand and what they mean. This table is the only place that knows them; to add a
// dialect, add its lines here and a case in `AnnotationTests`.
//
// A word that is not in the table means nothing: never "run". Where two lines fit, both hold; any skip wins.

/// Where the words of a dialect stand.
enum AnnotationPlace: Hashable {
  /// Behind the fence: ```` ```python notest ````.
  case info
  /// In a comment of the document: `<!-- … -->`, `{/* … */}`, `.. …`, `% …`, `// …`.
  case remark
  /// In a comment of the code.
  case code
  /// An option of a directive: `:tags: [skip-execution]`.
  case option
}

/// What a word means.
enum AnnotationEffect: Hashable {
  /// Not to be checked.
  case skip, skipFrom, skipTo, skipFile
  /// It fails, and shall.
  case expectFailure
  case noRun
  /// Not shown: preparation.
  case hidden
  case continuation
  /// What follows the word is the name, the group.
  case name, group
  /// The sample is the expected output of the one before; or the next one is.
  case output, outputFollows
  /// What follows the word is the file that the sample is a copy of.
  case embed
  /// A region that a tool writes: from here, to here. What follows the word is its source.
  case ownedFrom, ownedTo
  case formatExempt, formatExemptFrom, formatExemptTo
  /// A sample in a comment: what follows the word is its language, the next lines are its code.
  case hiddenSample
}

/// One line of the table.
struct AnnotationRow {
  let dialect: String
  let place: AnnotationPlace
  /// In lower case. A remark begins with it; an info word or an option is it, or `word=` with a value; a comment of code contains it.
  let word: String
  let effect: AnnotationEffect
  /// The word may go on: `ignore-` fits `ignore-windows`.
  let isPrefix: Bool
  /// The value that the word must have; nil for any.
  let value: String?
}

enum AnnotationTable {
  static let rows: [AnnotationRow] = info + remarks + code + options

  private static func rows(
    _ dialect: String, _ place: AnnotationPlace, _ effect: AnnotationEffect, _ words: [String], value: String? = nil, prefix: Bool = false
  ) -> [AnnotationRow] {
    words.map { AnnotationRow(dialect: dialect, place: place, word: $0, effect: effect, isPrefix: prefix, value: value) }
  }

  private static let info: [AnnotationRow] = [
    rows("rustdoc", .info, .skip, ["ignore"]),
    rows("rustdoc", .info, .skip, ["ignore-"], prefix: true),
    rows("rustdoc", .info, .expectFailure, ["should_panic", "compile_fail"]),
    rows("rustdoc", .info, .noRun, ["no_run"]),
    rows("pytest-markdown-docs", .info, .skip, ["notest"]),
    rows("pytest-markdown-docs", .info, .continuation, ["continuation"]),
    rows("ocaml-mdx", .info, .skip, ["skip"]),
    rows("ocaml-mdx", .info, .noRun, ["non-deterministic"]),
    rows("byexample", .info, .skip, ["+skip"]),
    rows("quarto", .info, .noRun, ["eval", "execute"], value: "false"),
    rows("quarto", .info, .hidden, ["include", "echo"], value: "false"),
    rows("quarto", .info, .expectFailure, ["error"], value: "true"),
    rows("markdown-exec", .info, .hidden, ["exec-hidden"]),
    rows("markdown-code-runner", .info, .output, ["markdown-code-runner-output"]),
    rows("docusaurus", .info, .name, ["title", "filename"]),
    rows("docusaurus", .info, .skip, ["reference"]),
    rows("code-import", .info, .embed, ["file", "src", "from"]),
    rows("twoslash", .info, .expectFailure, ["errors"]),
    rows("eslint", .info, .formatExempt, ["eslint-skip"]),
    // No tool of its own, but written by many in this sense.
    rows(
      "common", .info, .skip,
      ["no-test", "no_test", "noexec", "no-check", "nocheck", "noerrors", "norun-check", "untested", "no-lint", "nolint"]),
    rows("common", .info, .skip, ["skip"], prefix: true),
    rows("common", .info, .skip, ["test", "run", "check", "exec", "validate", "verify", "lint"], value: "false"),
    rows("common", .info, .skip, ["pseudo", "pseudocode", "template", "jinja", "jinja2", "diff", "placeholder", "fragment", "incomplete"]),
    rows("common", .info, .noRun, ["no-run", "norun", "noeval", "no-exec", "no-execute"]),
    rows(
      "common", .info, .expectFailure,
      [
        "expect-error", "expect_error", "expected-error", "invalid", "error", "bad", "wrong", "incorrect", "broken", "fails", "fail",
        "should-fail",
      ]),
    rows("common", .info, .hidden, ["hidden", "hide", "setup"]),
    rows("common", .info, .group, ["group", "session"]),
    rows("common", .info, .name, ["name", "id", "label", "caption", "lineno-title"]),
    rows("common", .info, .output, ["expected-output", "expected_output"]),
  ].flatMap { $0 }

  private static let remarks: [AnnotationRow] = [
    rows("sybil", .remark, .skip, ["skip: next", "skip:next", "- skip: next"]),
    rows("sybil", .remark, .skipFrom, ["skip: start", "- skip: start"]),
    rows("sybil", .remark, .skipTo, ["skip: end", "- skip: end"]),
    rows("sybil", .remark, .hiddenSample, ["invisible-code-block:", "- invisible-code-block:", "invisible-code:"]),
    rows("sybil", .remark, .group, ["clear-namespace"]),
    rows("pytest-markdown-docs", .remark, .skip, ["pmd-metadata: notest"]),
    rows("pytest-markdown-docs", .remark, .continuation, ["pmd-metadata: continuation"]),
    rows(
      "pytest-codeblocks", .remark, .skip,
      ["pytest-codeblocks:skip", "pytest-codeblocks:importorskip", "pytest.mark.skip", "pytest.mark.skipif"]),
    rows("pytest-codeblocks", .remark, .skipFile, ["pytest-codeblocks:skipfile"]),
    rows(
      "pytest-codeblocks", .remark, .expectFailure,
      ["pytest-codeblocks:expect-error", "pytest-codeblocks:expect-exception", "pytest.mark.xfail"]),
    rows("pytest-codeblocks", .remark, .continuation, ["pytest-codeblocks:cont"]),
    rows(
      "pytest-codeblocks", .remark, .outputFollows,
      ["pytest-codeblocks:expected-output", "pytest-codeblocks:expected-output-ignore-whitespace"]),
    rows("phmdoctest", .remark, .skip, ["phmdoctest-skip", "phmdoctest-mark.skip", "phmdoctest-mark.skipif"], prefix: true),
    rows("phmdoctest", .remark, .hidden, ["phmdoctest-setup", "phmdoctest-teardown"]),
    rows("phmdoctest", .remark, .name, ["phmdoctest-label"]),
    rows("phmdoctest", .remark, .group, ["phmdoctest-share-names"]),
    rows("doc-detective", .remark, .skipFrom, ["test ignore start"]),
    rows("doc-detective", .remark, .skipTo, ["test ignore end"]),
    rows("markdown-code-runner", .remark, .skip, ["code:skip"]),
    rows("markdown-code-runner", .remark, .ownedFrom, ["output:start", "start_output"]),
    rows("markdown-code-runner", .remark, .ownedTo, ["output:end", "end_output"]),
    rows("embedme", .remark, .skip, ["embedme-ignore-next"]),
    rows("embedme", .remark, .embed, ["embedme"]),
    rows("embedmd", .remark, .embed, ["embedmd]:#", "embedmd]: #"]),
    rows("markdown-snippets", .remark, .ownedFrom, ["snippet:", "begin-snippet:", "include:"]),
    rows("markdown-snippets", .remark, .ownedTo, ["endsnippet", "end-snippet", "endinclude"]),
    rows("bluehawk", .remark, .skipFrom, [":remove-start:"]),
    rows("bluehawk", .remark, .skipTo, [":remove-end:"]),
    rows("cog", .remark, .ownedFrom, ["[[[cog"]),
    rows("cog", .remark, .ownedTo, ["[[[end]]]"]),
    rows("markdown-magic", .remark, .ownedFrom, ["auto-generated-content:start", "doc-gen", "matchword:start"]),
    rows("markdown-magic", .remark, .ownedTo, ["auto-generated-content:end", "end-doc-gen"]),
    rows("terraform-docs", .remark, .ownedFrom, ["begin_tf_docs", "begin_ansible_docs"]),
    rows("terraform-docs", .remark, .ownedTo, ["end_tf_docs", "end_ansible_docs"]),
    rows("doctoc", .remark, .ownedFrom, ["start doctoc"]),
    rows("doctoc", .remark, .ownedTo, ["end doctoc"]),
    rows("all-contributors", .remark, .ownedFrom, ["all-contributors-list:start", "all-contributors-badge:start"]),
    rows("all-contributors", .remark, .ownedTo, ["all-contributors-list:end", "all-contributors-badge:end"]),
    rows(
      "generated", .remark, .ownedFrom,
      ["begin generated", "begin auto-generated", "begin autogenerated", "generated:start", "auto-generated:start", "begin_autogenerated"]),
    rows(
      "generated", .remark, .ownedTo,
      ["end generated", "end auto-generated", "end autogenerated", "generated:end", "auto-generated:end", "end_autogenerated"]),
    rows("blacken-docs", .remark, .formatExemptFrom, ["blacken-docs:off", "fmt: off", "fmt:off", "prettier-ignore-start"]),
    rows("blacken-docs", .remark, .formatExemptTo, ["blacken-docs:on", "fmt: on", "fmt:on", "prettier-ignore-end"]),
    rows("prettier", .remark, .formatExempt, ["prettier-ignore"]),
    rows("eslint", .remark, .formatExempt, ["eslint-skip", "eslint-disable-next-line", "eslint-disable"]),
    rows(
      "common", .remark, .skip,
      ["notest", "no-test", "skip-test", "test:skip", "test: skip", "skiptest", "ignore-test", "doctest: skip", "doctest: +skip"]),
    rows("common", .remark, .hidden, ["test:setup", "test: setup"]),
  ].flatMap { $0 }

  private static let code: [AnnotationRow] = [
    rows("doctest", .code, .skip, ["doctest: +skip", "doctest:+skip"]),
    rows("byexample", .code, .skip, ["byexample: +skip"]),
    rows("twoslash", .code, .skip, ["@noerrors", "@ts-nocheck"]),
    rows("twoslash", .code, .expectFailure, ["@errors:", "@ts-expect-error"]),
    rows("embedme", .code, .skip, ["embedme-ignore-next"]),
    rows("quarto", .code, .noRun, ["#| eval: false", "#| execute: false"]),
    rows("quarto", .code, .hidden, ["#| include: false", "#| echo: false"]),
    rows("quarto", .code, .expectFailure, ["#| error: true"]),
    rows("bluehawk", .code, .skip, [":remove-start:", ":state-start:", ":uncomment-start:"]),
    rows("mdbook", .code, .embed, ["{{#include", "{{#rustdoc_include", "{{#playground"]),
    rows("cog", .code, .skip, ["[[[cog"]),
    rows("eslint", .code, .formatExempt, ["eslint-disable"]),
    rows("blacken-docs", .code, .formatExempt, ["fmt: off", "fmt: skip"]),
    rows("common", .code, .skip, ["doc-healing:ignore"]),
  ].flatMap { $0 }

  private static let options: [AnnotationRow] = [
    rows("sphinx-doctest", .option, .hidden, ["hide"]),
    rows("sphinx-doctest", .option, .skip, ["skipif"]),
    rows("sphinx-doctest", .option, .skip, ["options"], value: "+skip"),
    rows("myst-nb", .option, .noRun, ["tags"], value: "skip-execution"),
    rows("myst-nb", .option, .expectFailure, ["tags"], value: "raises-exception"),
    rows("myst-nb", .option, .hidden, ["tags"], value: "remove-cell"),
    rows("myst-nb", .option, .hidden, ["tags"], value: "remove-input"),
    rows("myst-nb", .option, .skip, ["tags"], value: "skip"),
    rows("sphinx", .option, .name, ["name", "caption"]),
    rows("sphinx", .option, .formatExempt, ["force"]),
  ].flatMap { $0 }
}
