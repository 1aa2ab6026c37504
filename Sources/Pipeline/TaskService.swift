// Work on single snippets and files as the API asks for it: checked at the door, queued like everything else.

import Domain
import Queue
import Storage
import Threading

/// The body of a request is not what the task needs; one line that says what it should be.
public struct TaskInputError: Error, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}

extension JobFunction {
  /// The queue that jobs of this function stand in.
  public var queue: QueueName {
    switch self {
    case .processWebhook: .webhooks
    case .validateSnippet, .validateFile: .validation
    case .healSnippet, .healFile, .runRevision: .healing
    }
  }
}

/// Starts tasks and tells what became of them.
public struct TaskService: Sendable {
  let store: any Store
  let queue: any JobQueue
  let clock: any WallClock
  let holder: String?

  public init(store: any Store, queue: any JobQueue, clock: any WallClock, holder: String?) {
    self.store = store
    self.queue = queue
    self.clock = clock
    self.holder = holder
  }

  /// The largest snippet or file: what comes in is stored with the job.
  public static let maximumBody = 5 << 20

  /// Checks the input, stores the job and queues it. Throws `TaskInputError`, `QueueError`, `StoreError`.
  public func start(_ function: JobFunction, body: [UInt8]) throws -> JobID {
    guard body.count <= Self.maximumBody else {
      throw TaskInputError("the body is over \(Self.maximumBody >> 20) MiB; send the file in parts")
    }
    let request = try TaskInput(function, body: body)
    let now = clock.now()
    let job = NewJob(
      id: .make(at: now), queue: function.queue, function: function, payload: try JSONText.encode(request), group: "api:\(request.path)")
    try store.insert(job.record(holder: holder, at: now))
    do throws(QueueError) {
      _ = try queue.enqueue(job)
    } catch {
      var record = job.record(holder: holder, at: now)
      record.state = .dead
      record.finishedAt = clock.now()
      record.error = error.description
      try? store.update(record, settling: nil)
      throw error
    }
    return job.id
  }

  /// The job with its state of this moment; nil when there is none of that name.
  public func job(_ id: JobID) throws -> Job? {
    guard var job = try store.job(id), !job.state.isFinal else { return try store.job(id) }
    if let live = try queue.state(of: id) {
      job.state = live.state
      job.attempts = max(job.attempts, live.attempts)
      job.startedAt = live.startedAt ?? job.startedAt
      return job
    }
    // The queue has just forgotten it: the history knows the end.
    return try store.job(id)
  }

  /// The job once it has ended, or nil after `patience`.
  public func wait(for id: JobID, upTo patience: Duration) throws -> Job? {
    let deadline = monotonicNow() + patience
    let pause = Monitor<Bool>(false)
    var step = Duration.milliseconds(2)
    while true {
      if let job = try store.job(id), job.state.isFinal { return job }
      guard monotonicNow() < deadline else { return nil }
      _ = pause.wait(upTo: step) { $0 ? true : nil }
      step = min(step * 2, .milliseconds(100))
    }
  }
}

/// The input of a task, as requests give it and jobs carry it.
public struct TaskInput: Codable, Sendable {
  /// `file_path` of the request.
  public var path: String
  public var snippetID: String?
  public var code: String?
  public var language: String?
  public var content: String?
  /// Earlier results whose snippets are to be healed, in place of a whole file.
  public var results: [Snippet]?

  /// A snippet inside earlier validation results.
  public struct Snippet: Codable, Sendable {
    public var snippet_id: String?
    public var code: String?
    public var language: String?
  }

  init(_ function: JobFunction, body: [UInt8]) throws {
    let given: Given
    do {
      given = try JSONText.decode(Given.self, from: body)
    } catch let error as DecodingError {
      throw TaskInputError("the body does not fit: \(error.oneLine)")
    } catch {
      throw TaskInputError("the body is not JSON")
    }
    guard let path = given.file_path, !path.isEmpty else { throw TaskInputError("file_path is missing") }
    guard path.utf8.count <= 4096 else { throw TaskInputError("file_path is over 4096 bytes") }
    self.path = path
    switch function {
    case .validateSnippet, .healSnippet: try takeSnippet(given)
    default: try takeFile(given, mayBeResults: function == .healFile)
    }
  }

  private mutating func takeSnippet(_ given: Given) throws {
    guard let code = given.code else { throw TaskInputError("code is missing") }
    guard let language = given.language, !language.isEmpty else { throw TaskInputError("language is missing") }
    self.code = code
    self.language = String(language.prefix(64))
    snippetID = given.snippet_id.map { String($0.prefix(256)) }
  }

  private mutating func takeFile(_ given: Given, mayBeResults: Bool) throws {
    content = given.content
    if mayBeResults { results = given.validation_results }
    guard content != nil || results != nil else {
      throw TaskInputError(mayBeResults ? "content or validation_results is missing" : "content is missing")
    }
  }

  /// A request's body. `errors` is accepted and not needed: what is wrong is found again.
  private struct Given: Decodable {
    var file_path: String?
    var snippet_id: String?
    var code: String?
    var language: String?
    var content: String?
    var validation_results: [Snippet]?

    enum CodingKeys: String, CodingKey { case file_path, snippet_id, code, language, content, validation_results }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      file_path = try container.decodeIfPresent(String.self, forKey: .file_path)
      if let number = try? container.decodeIfPresent(Int.self, forKey: .snippet_id) {
        snippet_id = String(number)
      } else {
        snippet_id = try container.decodeIfPresent(String.self, forKey: .snippet_id)
      }
      code = try container.decodeIfPresent(String.self, forKey: .code)
      language = try container.decodeIfPresent(String.self, forKey: .language)
      content = try container.decodeIfPresent(String.self, forKey: .content)
      if let one = try? container.decodeIfPresent(Snippet.self, forKey: .validation_results) {
        validation_results = [one]
      } else {
        validation_results = try container.decodeIfPresent([Snippet].self, forKey: .validation_results)
      }
    }
  }
}

extension DecodingError {
  /// What does not fit, and where, without the value.
  var oneLine: String {
    func place(_ path: [any CodingKey]) -> String { path.isEmpty ? "at the top" : "in " + path.map(\.stringValue).joined(separator: ".") }
    switch self {
    case .typeMismatch(let type, let context): return "\(place(context.codingPath)) a \(type) was expected"
    case .valueNotFound(let type, let context): return "\(place(context.codingPath)) a \(type) was expected, not null"
    case .keyNotFound(let key, let context): return "\(place(context.codingPath)) \(key.stringValue) is missing"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is not JSON" : "\(place(context.codingPath)) the value is not valid"
    @unknown default: return "it could not be read"
    }
  }
}
