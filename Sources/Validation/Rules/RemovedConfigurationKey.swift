// `removed-configuration-key`: a document names a configuration key or an option that the code had and has no more.
//
// What was removed is for the change analysis to say, which place can mean it for `LiteralJudge`.

/// A key of a file, a mapping or an object of options that the base's code knew and the head's does not.
struct RemovedConfigurationKeyRule: Rule {
  let name = "removed-configuration-key"
  let summary = "A document names a configuration key or an option that the code had and has no more."

  func judge(_ context: RuleContext) -> RuleOutcome { LiteralJudge.judge(self, .configurationKey, context) }
}
