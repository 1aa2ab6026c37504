// `removed-flag`: a document names a command-line flag that the code had and has no more.
//
// What was removed is for the change analysis to say, which place can mean it for `LiteralJudge`.

/// A flag that the base's argument parser knew and the head's does not.
struct RemovedFlagRule: Rule {
  let name = "removed-flag"
  let summary = "A document names a command-line flag that the code had and has no more."

  func judge(_ context: RuleContext) -> RuleOutcome { LiteralJudge.judge(self, .flag, context) }
}
