// Finding our one comment among others, the same for every forge.

import Domain

enum SummaryComments {
  /// Ours with the mark, oldest first.
  static func ours(_ comments: [ForgeComment], mark: HiddenMark, account: String) -> [ForgeComment] {
    comments.filter { $0.author == account && mark.isIn($0.body) }
  }

  /// Makes the conversation hold exactly one comment of ours with the mark, saying `text`: what `create`, `edit` and `remove` do is the
  /// forge's business.
  static func converge(
    on text: String, among ours: [ForgeComment],
    create: (String) throws(ForgeAPIError) -> ForgeComment,
    edit: (ForgeComment, String) throws(ForgeAPIError) -> ForgeComment,
    remove: (ForgeComment) throws(ForgeAPIError) -> Void
  ) throws(ForgeAPIError) -> ForgeComment {
    guard let first = ours.first else { return try create(text) }
    for extra in ours.dropFirst() {
      do throws(ForgeAPIError) { try remove(extra) } catch  where error.reason == .gone {}
    }
    return first.body == text ? first : try edit(first, text)
  }
}
