// Everything that a fake forge knows, in no forge's own words: the dialects read and write it in theirs.

import Domain
import Forges

/// What the server keeps.
struct FakeState: Sendable {
  var repositories: [FakeRepository] = []
  var tokens: [String: FakeToken] = [:]
  var accounts: [String: Int] = [:]
  var app: FakeApp?
  var lastID = 1000
  var faults: [FakeFault] = []
  var lossRate = 0.0
  var random = SeededRandomness(seed: 1)
  var latency = Duration.zero
  var journal: [FakeExchange] = []
  var violations: [String] = []
  var maximumPageSize = 100
  /// What happened and no hook was told of yet.
  var events: [FakeEvent] = []
  /// Deliveries that wait to be sent.
  var outgoing: [FakeOutgoing] = []

  mutating func newID() -> Int {
    lastID += 1
    return lastID
  }

  mutating func account(_ login: String) -> Int {
    if let id = accounts[login] { return id }
    let id = newID()
    accounts[login] = id
    return id
  }

  /// A ref of a repository moved, and with it the open pull requests from its branch.
  mutating func moved(_ ref: String, of id: Int, from before: String, to after: String, by account: String) {
    events.append(.push(repository: id, ref: ref, before: before, after: after, by: account))
    let branch = String(ref.dropFirst("refs/heads/".count))
    for base in repositories {
      for pull in base.pulls where pull.headRepository == id && pull.headBranch == branch && pull.state == .open {
        events.append(.pull(repository: base.id, number: pull.number, action: "synchronize", by: account))
      }
    }
  }

  /// By today's name, a former one or the id.
  func index(of name: String) -> Int? {
    let name = name.lowercased()
    return repositories.firstIndex { $0.name.lowercased() == name || String($0.id) == name || $0.formerNames.contains(name) }
  }
}

/// Whose a token is.
public struct FakeToken: Sendable {
  var account: String
  /// Set for the token of an App's installation.
  var installation: Int?
  var expires: Timestamp?
}

/// An App that is registered.
public struct FakeApp: Sendable {
  var id: String
  var slug: String
  /// In PEM.
  var publicKey: String
  /// Repositories by installation.
  var installations: [Int: Set<String>] = [:]
  var hook: FakeHook?
}

/// Where a forge sends its events.
public struct FakeHook: Sendable {
  var id: Int
  var port: UInt16
  var path: String
  var secret: Secret
  var deliveries: [FakeDelivery] = []
  var url: String { "http://127.0.0.1:\(port)\(path)" }
}

/// One attempt of a delivery.
public struct FakeDelivery: Sendable {
  public var id: Int
  public var key: String
  public var event: String
  public var body: [UInt8]
  public var at: Timestamp
  public var status: Int?
}

struct FakeOutgoing: Sendable {
  var repository: String
  var hook: Int
  var delivery: FakeDelivery
}

/// A repository of the forge, served from a real one on disk.
public struct FakeRepository: Sendable {
  public var id: Int
  public var name: String
  var formerNames: Set<String> = []
  public var git: FakeGit
  public var defaultBranch = "main"
  public var isArchived = false
  public var isDeleted = false
  /// The repository it was forked from.
  public var parent: Int?
  public var permissions: [String: ForgePermission] = [:]
  public var pulls: [FakePull] = []
  public var checks: [FakeCheck] = []
  public var statuses: [FakeStatus] = []
  var hooks: [FakeHook] = []
  /// Numbers of pull requests start at 1.
  var lastNumber = 0
}

/// A pull (merge) request.
public struct FakePull: Sendable {
  public var number: Int
  public var title: String
  public var body: String
  public var author: String
  /// `open`, `closed`, `merged`.
  public var state: ForgePullRequest.State
  public var isDraft: Bool
  public var labels: [String]
  /// Nil when the fork was deleted.
  public var headRepository: Int?
  public var headBranch: String
  public var baseBranch: String
  public var maintainersMayPush: Bool
  public var comments: [FakeComment] = []
  public var reviewComments: [FakeReviewComment] = []
  /// How many reviews (GitLab: discussions) were created.
  public var reviewCount = 0
}

public struct FakeComment: Sendable, Hashable {
  public var id: Int
  public var author: String
  public var body: String
  public var createdAt: Timestamp
  public var updatedAt: Timestamp
}

public struct FakeReviewComment: Sendable, Hashable {
  public var id: Int
  public var review: Int
  public var author: String
  public var path: String
  public var lines: ClosedRange<Int>
  public var body: String
  public var commit: String
  var createdAt: Timestamp
}

/// A check run.
public struct FakeCheck: Sendable {
  public var id: Int
  public var name: String
  public var head: String
  public var externalID: String
  public var status: String
  public var conclusion: String?
  public var title: String
  public var summary: String
  public var detailsURL: String?
  public var annotations: [JSON]
}

/// A commit status.
public struct FakeStatus: Sendable {
  public var id: Int
  public var sha: String
  public var context: String
  public var state: String
  public var description: String
  public var targetURL: String?
}

/// How the forge is to misbehave.
public struct FakeFault: Sendable {
  public enum Kind: Sendable {
    /// Answers with a status, and does nothing.
    case status(Int, headers: [(name: String, value: String)] = [], body: String = "{}")
    /// Never answers, and does nothing.
    case stall
    /// Cuts the connection, and does nothing.
    case cut
    /// Does what was asked, and cuts the connection instead of answering.
    case loseAnswer
    /// Does what was asked, and sends the first half of the answer's body as if it were all.
    case halfAnswer
    /// Does what was asked, and ends the connection within the answer.
    case cutWithin
  }
  /// Nil matches every method.
  public var method: String?
  /// What the path must contain.
  public var path: String
  public var kind: Kind
  /// How many requests it is for.
  public var count: Int
  /// How many matching requests pass before.
  public var after: Int

  public init(_ kind: Kind, method: String? = nil, path: String = "", count: Int = 1, after: Int = 0) {
    self.kind = kind
    self.method = method
    self.path = path
    self.count = count
    self.after = after
  }
}

/// What was asked and answered.
public struct FakeExchange: Sendable {
  public var method: String
  /// Path and query, without the API's prefix.
  public var target: String
  public var headers: [String: String]
  public var body: [UInt8]
  public var account: String?
  public var status: Int
  public var json: JSON? { JSON(bytes: body) }
  public var path: String { String(target.prefix { $0 != "?" }) }
}

/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): the same cases for the same seed.
public struct SeededRandomness: RandomNumberGenerator, Sendable {
  var state: UInt64
  public init(seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
