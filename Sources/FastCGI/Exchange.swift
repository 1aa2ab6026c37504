// One request and its response over libfcgi, on one thread: reads the parameters, judges the announced length, reads the
// body, calls the handler, writes the answer, and says whether the connection can carry another request.
//
// libfcgi is given an accepted connection (`ipcFd`) and no listening socket: its own accept would leave connections open in
// child processes, block where a stop cannot reach it, and hold a thread for every idle kept connection. Everything that
// was announced is read up to the end of the stream even when it is refused: what is left unread would be taken for the next
// request, and a front server that cannot finish sending reports 502 instead of our answer.

import CFastCGI
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What a request may cost.
struct Limits: Sendable {
  /// Bytes of the largest body that is handed to the handler.
  var body: Int
  /// Bytes of a refused body that are read and thrown away before the answer; a larger one gets the answer and a closed connection.
  var discarded = 64 << 20
  /// Time for one body from its first to its last byte.
  var bodyTime: Duration = .seconds(60)
}

/// The state of libfcgi for one thread; used by that thread alone.
struct Exchange {
  private let request: UnsafeMutablePointer<FCGX_Request>
  private let limits: Limits
  private let handler: @Sendable (Request) -> Response

  init(limits: Limits, handler: @escaping @Sendable (Request) -> Response) {
    self.limits = limits
    self.handler = handler
    request = .allocate(capacity: 1)
    FCGX_InitRequest(request, -1, 0)
  }

  func deallocate() { request.deallocate() }

  /// Serves one request on an accepted, blocking connection that it owns until it returns.
  /// - Parameter mayKeep: asked after the handler returned; false closes the connection whatever the front server asked.
  /// - Returns: whether the connection is still open, for another request.
  func serve(connection: Int32, mayKeep: () -> Bool) -> Bool {
    request.pointee.ipcFd = connection
    request.pointee.keepConnection = 1  // lest FCGX_Accept_r closes it as the rest of a former request
    request.pointee.detached = 1  // libfcgi closes at once instead of waiting up to two seconds a read for the peer
    guard FCGX_Accept_r(request) == 0, let input = request.pointee.in else { return false }
    let response = answer(from: input)
    if let response { write(response) }
    if response == nil || FCGX_HasSeenEOF(input) == 0 || !mayKeep() { request.pointee.keepConnection = 0 }
    FCGX_Finish_r(request)
    defer { request.pointee.ipcFd = -1 }
    return request.pointee.ipcFd >= 0
  }

  /// The answer, or nil when the request did not arrive whole: the peer has gone, aborted it or broke the protocol.
  private func answer(from input: UnsafeMutablePointer<FCGX_Stream>) -> Response? {
    let parameters = Parameters(request.pointee.envp)
    var body = BodyReader(input: input, time: limits.bodyTime)
    switch parameters.bodyLength {
    case .missing: return refuse(411, "a request with a body needs a Content-Length", &body)
    case .malformed: return refuse(400, "malformed Content-Length", &body)
    case .bytes(let length) where length > limits.discarded: return .refusal(413, "the request body is too large")
    case .bytes(let length) where length > limits.body: return refuse(413, "the request body is too large", &body)
    case .bytes(let length):
      guard let bytes = body.read(exactly: length) else {
        return body.isTooLong ? refuse(400, "the request body is longer than its Content-Length", &body) : nil
      }
      guard let value = parameters.request(body: bytes) else { return .refusal(400, "malformed request line or header") }
      return handler(value)
    }
  }

  private func refuse(_ status: Int, _ title: StaticString, _ body: inout BodyReader) -> Response? {
    body.discard(upTo: limits.discarded) ? .refusal(status, title) : nil
  }

  private func write(_ response: Response) {
    let refused = Response.refusal(500, "the application made an invalid response header")
    let (head, body) = response.head.map { ($0, response.body) } ?? (refused.head ?? [], refused.body)
    put(head)
    put(body)
  }

  private func put(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      FCGX_PutStr(start.assumingMemoryBound(to: CChar.self), Int32(buffer.count), request.pointee.out)
    }
  }
}
