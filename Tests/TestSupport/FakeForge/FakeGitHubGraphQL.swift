// The two GraphQL operations that the client uses. https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch

import Domain
import Foundation

enum FakeGitHubGraphQL {
  static let variables: [FakeField] = [
    .optional(
      "input",
      .object([
        .required("branch", .object([.required("repositoryNameWithOwner"), .required("branchName")])),
        .required("message", .object([.required("headline"), .optional("body")])),
        .optional(
          "fileChanges",
          .object([
            .optional("additions", .array(.object([.required("path"), .required("contents", .string(limit: 45 << 20))]), limit: 1000)),
            .optional("deletions", .array(.object([.required("path")]), limit: 1000)),
          ])),
        .required("expectedHeadOid", .objectName), .optional("clientMutationId"),
      ]))
  ]

  static func answer(_ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    let query = call.text("query")
    if query.contains("viewer") { return FakeReply(json: ["data": ["viewer": ["login": .string(call.account)]]]) }
    guard query.contains("createCommitOnBranch(input: $input)"), let input = call.body["variables"]?["input"] else {
      return failure("UNDEFINED", "a query that this forge does not know")
    }
    return try commit(input, &state, call)
  }

  private static func failure(_ type: String, _ message: String) -> FakeReply {
    FakeReply(json: ["data": ["createCommitOnBranch": .null], "errors": [["type": .string(type), "message": .string(message)]]])
  }

  private static func commit(_ input: JSON, _ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    let name = input["branch"]?["repositoryNameWithOwner"]?.string ?? ""
    let branch = input["branch"]?["branchName"]?.string ?? ""
    guard let index = state.index(of: name), let tip = state.repositories[index].git.tip(of: branch) else {
      return failure("NOT_FOUND", "Could not resolve to a Branch with the name \(branch)")
    }
    let mayWrite =
      call.token?.installation.map { state.app?.installations[$0]?.contains(name.lowercased()) ?? false }
      ?? (state.repositories[index].permissions[call.account] ?? .read >= .write)
    guard mayWrite else { return failure("FORBIDDEN", "Resource not accessible by integration") }
    guard tip.hex == input["expectedHeadOid"]?.string else {
      return failure("STALE_DATA", "Expected branch to point to \"\(tip.hex)\" but it did not. Pull and try again.")
    }
    var changes: [String: String?] = [:]
    for addition in input["fileChanges"]?["additions"]?.array ?? [] {
      guard let data = addition["contents"]?.string.flatMap({ Data(base64Encoded: $0) }) else {
        return failure("UNPROCESSABLE", "contents is not base 64")
      }
      changes[addition["path"]?.string ?? ""] = String(decoding: data, as: UTF8.self)
    }
    for deletion in input["fileChanges"]?["deletions"]?.array ?? [] { changes[deletion["path"]?.string ?? ""] = .some(nil) }
    let body = input["message"]?["body"]?.string ?? ""
    let message = (input["message"]?["headline"]?.string ?? "") + (body.isEmpty ? "" : "\n\n" + body) + "\n"
    let id = try state.repositories[index].git.commit(
      changes, to: branch, message: message, author: call.account, time: call.now.milliseconds / 1000)
    state.moved("refs/heads/" + branch, of: state.repositories[index].id, from: tip.hex, to: id.hex, by: call.account)
    return FakeReply(json: ["data": ["createCommitOnBranch": ["commit": ["oid": .string(id.hex)]]]])
  }
}
