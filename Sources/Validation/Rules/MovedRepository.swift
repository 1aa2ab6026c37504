// `moved-repository`: a document leads to a repository that the change moved to another address.
//
// What was removed is for the change analysis to say, which place can mean it for `LiteralJudge`.

/// An address of a repository that the change replaced everywhere in the code.
struct MovedRepositoryRule: Rule {
  let name = "moved-repository"
  let summary = "A document leads to a repository that the change moved to another address."

  func judge(_ context: RuleContext) -> RuleOutcome { LiteralJudge.judge(self, .address, context) }
}
