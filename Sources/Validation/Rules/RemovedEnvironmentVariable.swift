// `removed-environment-variable`: a document names an environment variable that the code read and reads no more.
//
// What was removed is for the change analysis to say, which place can mean it for `LiteralJudge`.

/// An environment variable that the base's code read and the head's does not.
struct RemovedEnvironmentVariableRule: Rule {
  let name = "removed-environment-variable"
  let summary = "A document names an environment variable that the code read and reads no more."

  func judge(_ context: RuleContext) -> RuleOutcome { LiteralJudge.judge(self, .environmentVariable, context) }
}
