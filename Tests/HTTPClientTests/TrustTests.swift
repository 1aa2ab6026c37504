// TLS is verified always: a server with a certificate that nobody vouches for gets no request.

import Domain
import HTTPClient
import TestSupport
import Testing

@Suite struct TrustTests {
  /// A TLS server of openssl's, with a certificate for 127.0.0.1 that it signed itself.
  private struct TLSServer {
    let folder: TemporaryDirectory
    let process: ChildProcess
    let port: UInt16

    init() throws {
      folder = try TemporaryDirectory("tls")
      let made = try runCommand([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=IP:127.0.0.1", "-keyout", folder("key.pem"), "-out", folder("cert.pem"),
      ])
      try #require(made.status == 0, "\(made.errorOutput)")
      port = try freePort()
      process = try ChildProcess([
        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-key", folder("key.pem"), "-cert", folder("cert.pem"), "-www", "-quiet",
      ])
      let port = port
      expectEventually("openssl listens") { acceptsConnections(port: port) }
    }
  }

  @Test func trustsOnlyWhatItWasTold() throws {
    let server = try TLSServer()
    let request = HTTPRequest("GET", "https://127.0.0.1:\(server.port)/")
    let error = try #require(throws: HTTPError.self) { try CurlTransport().send(request) }
    guard case .untrusted = error.reason else {
      Issue.record("unexpected: \(error)")
      return
    }
    #expect(!error.isTransient)
    #expect(try CurlTransport(certificates: server.folder("cert.pem")).send(request).status == 200)
    let byName = HTTPRequest("GET", "https://localhost:\(server.port)/")
    let other = try #require(throws: HTTPError.self) { try CurlTransport(certificates: server.folder("cert.pem")).send(byName) }
    guard case .untrusted = other.reason else {
      Issue.record("unexpected: \(other)")
      return
    }
  }
}
