// What GitHub does over GraphQL only: commits that it signs itself.
// https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch

import Domain
import FoundationEssentials

extension GitHubClient {
  public func commit(
    _ commit: ForgeCommit, to branch: String, expectedHead: ObjectID, in repository: String
  ) throws(ForgeAPIError) -> ObjectID {
    guard (try? RepositoryName.validated(repository, forge: .github)) != nil, RefName.isValid(branch: branch) else {
      throw error(.invalid(field: "branch"), Self.committing)
    }
    let variables = CommitVariables(
      input: CommitVariables.Input(
        branch: .init(repositoryNameWithOwner: repository, branchName: branch),
        message: .init(headline: commit.subject, body: commit.body),
        fileChanges: .init(
          additions: commit.additions.sorted { $0.key < $1.key }.map { .init(path: $0, contents: Data($1).base64EncodedString()) },
          deletions: commit.deletions.sorted().map { .init(path: $0) }),
        expectedHeadOid: expectedHead.hex))
    do throws(ForgeAPIError) {
      let authority = APIRequest.Authority.repository(repository)
      let answer = try graphQL(CommitAnswer.self, CommitAnswer.mutation, variables, authority, Self.committing)
      guard let id = ObjectID(answer.createCommitOnBranch.commit.oid) else { throw error(.unexpected, Self.committing) }
      return id
    } catch  where error.reason == .conflict {
      // The answer to an earlier call may have been lost: then the tip is that commit.
      guard let made = try earlier(commit, on: branch, parent: expectedHead, in: repository) else { throw error }
      return made
    }
  }

  private static let committing = "commit to a branch"

  private func earlier(
    _ commit: ForgeCommit, on branch: String, parent: ObjectID, in repository: String
  ) throws(ForgeAPIError) -> ObjectID? {
    let request = try self.request("GET", ["commits", "heads/" + branch], repository, "read a branch's tip")
    guard let tip = try connection.valueIfAny(GitHubTip.self, request), tip.parents.map(\.sha) == [parent.hex] else { return nil }
    let message = commit.body.isEmpty ? commit.subject : commit.subject + "\n\n" + commit.body
    return tip.commit.message.trimmedEnd == message.trimmedEnd ? ObjectID(tip.sha) : nil
  }

  /// One GraphQL request. Errors come with status 200.
  func graphQL<Answer: Decodable>(
    _ type: Answer.Type, _ query: String, _ variables: some Encodable, _ authority: APIRequest.Authority, _ operation: String
  ) throws(ForgeAPIError) -> Answer {
    var request = APIRequest("POST", [], authority: authority, operation)
    request.isGraphQL = true
    let answer = try connection.value(
      GraphQLAnswer<Answer>.self, try request.with(body: GraphQLBody(query: query, variables: variables)))
    if let problem = answer.errors?.first {
      throw ForgeAPIError(problem.reason, operation: "github: " + operation, detail: problem.message)
    }
    guard let data = answer.data?.value else { throw error(.unexpected, operation) }
    return data
  }
}

extension String {
  fileprivate var trimmedEnd: Substring {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}

private struct GraphQLBody<Variables: Encodable>: Encodable {
  let query: String
  let variables: Variables
}

private struct GraphQLAnswer<Answer: Decodable>: Decodable {
  struct Problem: Decodable {
    let type: String?
    let message: String

    var reason: ForgeAPIError.Reason {
      switch type {
      case "STALE_DATA": .conflict
      case "NOT_FOUND": .gone
      case "FORBIDDEN", "INSUFFICIENT_SCOPES": .forbidden
      case "RATE_LIMITED": .retryAfter(.seconds(60))
      case "UNPROCESSABLE", "BAD_USER_INPUT": .invalid(field: "input")
      case "SERVICE_UNAVAILABLE", "INTERNAL": .transient
      default: .unexpected
      }
    }
  }
  /// With errors its members are null.
  let data: Lenient<Answer>?
  let errors: [Problem]?
}

struct GitHubNoVariables: Encodable {}

struct GitHubViewer: Decodable {
  let viewer: HubUser
  static let query = "query { viewer { login } }"
}

private struct CommitVariables: Encodable {
  struct Input: Encodable {
    struct Branch: Encodable {
      let repositoryNameWithOwner: String
      let branchName: String
    }
    struct Message: Encodable {
      let headline: String
      let body: String
    }
    struct Addition: Encodable {
      let path: String
      let contents: String
    }
    struct Deletion: Encodable { let path: String }
    struct Changes: Encodable {
      let additions: [Addition]
      let deletions: [Deletion]
    }
    let branch: Branch
    let message: Message
    let fileChanges: Changes
    let expectedHeadOid: String
  }
  let input: Input
}

private struct CommitAnswer: Decodable {
  struct Payload: Decodable {
    struct Commit: Decodable { let oid: String }
    let commit: Commit
  }
  let createCommitOnBranch: Payload
  static let mutation = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"
}

private struct GitHubTip: Decodable {
  struct Parent: Decodable { let sha: String }
  struct Commit: Decodable { let message: String }
  let sha: String
  let commit: Commit
  let parents: [Parent]
}
