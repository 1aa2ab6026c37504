// `removed-subcommand`: a document calls a subcommand of the project's program that is gone.
//
// What was removed is for the change analysis to say, which place can mean it for `LiteralJudge`.

/// A subcommand that the base's argument parser declared and the head's does not.
struct RemovedSubcommandRule: Rule {
  let name = "removed-subcommand"
  let summary = "A document calls a subcommand of the project's program that is gone."

  func judge(_ context: RuleContext) -> RuleOutcome { LiteralJudge.judge(self, .subcommand, context) }
}
