// `removed-value`: a sample or a code span quotes a string constant that the code had and has no more.
//
// What was removed is for the change analysis to say, which place can mean it for `LiteralJudge`.

/// A string constant that the base's code had and the head's has nowhere.
struct RemovedValueRule: Rule {
  let name = "removed-value"
  let summary = "A sample or a code span quotes a string constant that the code had and has no more."

  func judge(_ context: RuleContext) -> RuleOutcome { LiteralJudge.judge(self, .value, context) }
}
