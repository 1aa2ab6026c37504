// Errors as RFC 9457 problem details: one shape for every route.

import FastCGI
import Pipeline
import Queue
import Storage

/// An answer that is not the one hoped for.
struct Problem: Error {
  var status: Int
  var title: String
  /// One line: what failed, why, what to do.
  var detail: String
  var headers: [(String, String)] = []

  static func badRequest(_ detail: String) -> Problem { Problem(status: 400, title: "bad request", detail: detail) }
  static func forbidden(_ detail: String) -> Problem { Problem(status: 403, title: "forbidden", detail: detail) }
  static func notFound(_ detail: String) -> Problem { Problem(status: 404, title: "not found", detail: detail) }

  static func unauthorized(_ detail: String, challenge: String? = nil) -> Problem {
    Problem(status: 401, title: "unauthorized", detail: detail, headers: challenge.map { [("WWW-Authenticate", $0)] } ?? [])
  }

  static func methodNotAllowed(allowed: String) -> Problem {
    Problem(status: 405, title: "method not allowed", detail: "this route takes \(allowed)", headers: [("Allow", allowed)])
  }

  static func unavailable(_ detail: String, retryAfter seconds: Int) -> Problem {
    Problem(status: 503, title: "unavailable", detail: detail, headers: [("Retry-After", String(seconds))])
  }

  /// What a thrown error means to a client. Details of the store stay in the log.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as QueueError: self = .unavailable(error.description, retryAfter: 10)
    case let error as StoreError where error.code == .busy || error.code == .full || error.code == .unavailable || error.code == .refused:
      self = .unavailable("the database cannot take this now; try again later", retryAfter: 10)
    default: self.init(status: 500, title: "internal error", detail: "the request failed inside; the service's log says why")
    }
  }

  init(status: Int, title: String, detail: String, headers: [(String, String)] = []) {
    self.status = status
    self.title = title
    self.detail = detail
    self.headers = headers
  }

  private struct Body: Encodable {
    var type = "about:blank"
    var title: String
    var status: Int
    var detail: String
  }

  var response: Response {
    let body = (try? JSONText.bytes(Body(title: title, status: status, detail: detail))) ?? []
    return Response(status: status, headers: [("Content-Type", "application/problem+json")] + headers, body: body)
  }
}

extension Response {
  /// A JSON answer.
  static func json(_ value: some Encodable, status: Int = 200) throws -> Response {
    Response(
      status: status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body: try JSONText.bytes(value))
  }

  /// A plain text answer.
  static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: Int = 200) -> Response {
    Response(status: status, headers: [("Content-Type", type), ("Cache-Control", "no-store")], body: Array(text.utf8))
  }
}
