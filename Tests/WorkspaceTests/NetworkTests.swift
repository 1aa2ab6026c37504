import Domain
import Glibc
import TestSupport
import Testing

@testable import Workspace

/// git over HTTP, with a server that wants a password: git's own `http-backend` behind a few lines of Python.
@Suite struct NetworkTests {
  let git: Git
  let scratch: TemporaryDirectory
  let source: TemporaryRepository
  let credential = Credential(username: "user", password: "s3cret-token%/@ \"$")

  init() throws {
    git = try Git()
    scratch = try TemporaryDirectory("network")
    source = try TemporaryRepository(files: ["a.md": "old\n"])
    try source.git(["config", "http.receivepack", "true"])
  }

  /// Serves the repository as `/r.git`; `/moved` redirects to `elsewhere`. Logs each request with its `Authorization`.
  private func serve(redirectingTo elsewhere: String = "") throws -> (server: ChildProcess, port: UInt16) {
    let port = try freePort()
    let token = "\(credential.username):\(credential.password)"
    let script = try scratch.write("server.py", Self.server)
    let server = try ChildProcess([
      "python3", script, "\(port)", source.directory(".git"), token, elsewhere,
    ])
    expectEventually("the server listens") { acceptsConnections(port: port) }
    return (server, port)
  }

  private static let server = """
    import base64, gzip, http.server, os, subprocess, sys
    port, repository, token, elsewhere = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    expected = 'Basic ' + base64.b64encode(token.encode()).decode()
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        def answer(self):
            given = self.headers.get('Authorization')
            print(self.path.split('?')[0], 'authorized' if given == expected else 'anonymous' if given is None else 'wrong', flush=True)
            if self.path.startswith('/moved'):
                self.send_response(301); self.send_header('Location', elsewhere + self.path[6:]); self.send_header('Content-Length', '0')
                return self.end_headers()
            if given != expected:
                self.send_response(401); self.send_header('WWW-Authenticate', 'Basic realm="x"'); self.send_header('Content-Length', '0')
                return self.end_headers()
            body = b''
            if self.headers.get('Transfer-Encoding') == 'chunked':
                while (size := int(self.rfile.readline(), 16)): body += self.rfile.read(size); self.rfile.readline()
                self.rfile.readline()
            else: body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
            if self.headers.get('Content-Encoding') == 'gzip': body = gzip.decompress(body)
            path, _, query = self.path.partition('?')
            environment = dict(os.environ, GIT_PROJECT_ROOT=repository, GIT_HTTP_EXPORT_ALL='1', PATH_INFO=path.removeprefix('/r.git'),
                QUERY_STRING=query, REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get('Content-Type', ''), CONTENT_LENGTH=str(len(body)),
                REMOTE_USER='user')
            result = subprocess.run(['git', 'http-backend'], input=body, stdout=subprocess.PIPE, env=environment).stdout
            head, _, content = result.partition(b'\\r\\n\\r\\n')
            lines = [line.split(': ', 1) for line in head.decode().split('\\r\\n') if line]
            status = next((int(value.split()[0]) for name, value in lines if name == 'Status'), 200)
            self.send_response(status)
            for name, value in lines: self.send_header(name, value)
            self.send_header('Content-Length', str(len(content))); self.end_headers(); self.wfile.write(content)
        do_GET = do_POST = answer
        def log_message(self, *_): pass
    http.server.ThreadingHTTPServer(('127.0.0.1', port), Handler).serve_forever()
    """

  private func mirror() throws -> Workspace.Mirror { try Mirror(RepositoryID(rawValue: "NET"), in: scratch("mirrors"), git: git) }

  @Test func `a private repository is fetched and pushed to with the credential`() throws {
    let (server, port) = try serve()
    defer { server.kill() }
    let remote = try Remote("http://127.0.0.1:\(port)/r.git")
    let mirror = try mirror()
    try mirror.fetch(from: remote, credential: credential)
    let head = try #require(try mirror.repository.tip(of: BranchName("main")))
    let commit = try mirror.repository.write(
      NewCommit(
        base: mirror.repository.tree(at: head), files: [.init(path: "a.md", content: Array("new\n".utf8))], message: "Heal",
        author: .init(name: "Bot", email: "b@example.org", time: Timestamp(milliseconds: 0))))
    let branch = try BranchName("doc-healing/main")
    #expect(try mirror.repository.push(commit, to: branch, at: remote, credential: credential, expecting: nil) == .pushed)
    #expect(try mirror.repository.push(commit, to: branch, at: remote, credential: credential, expecting: nil) == .upToDate)
    #expect { try mirror.repository.push(head, to: branch, at: remote, credential: credential, expecting: nil) } throws: {
      ($0 as? WorkspaceError)?.code == .leaseLost
    }
    #expect(try source.head("doc-healing/main") == commit)
    // Nothing of it is on the disk.
    let found = try runCommand(["grep", "-r", "-c", "s3cret", scratch("mirrors")])
    #expect(found.output.split(separator: "\n").allSatisfy { $0.hasSuffix(":0") })
  }

  @Test func `a wrong or missing credential is said to be, without it`() throws {
    let (server, port) = try serve()
    defer { server.kill() }
    let remote = try Remote("http://127.0.0.1:\(port)/r.git")
    for attempt in [nil, Credential(username: "user", password: "wr0ng-token")] {
      #expect { try mirror().fetch(from: remote, credential: attempt) } throws: {
        ($0 as? WorkspaceError)?.code == .unauthorized && !"\($0)".contains("wr0ng-token")
      }
    }
  }

  @Test func `a redirect to another host does not get the credential`() throws {
    let (other, otherPort) = try serve()
    defer { other.kill() }
    let (server, port) = try serve(redirectingTo: "http://127.0.0.1:\(otherPort)/r.git")
    defer { server.kill() }
    #expect { try mirror().fetch(from: Remote("http://127.0.0.1:\(port)/moved"), credential: credential) } throws: {
      ($0 as? WorkspaceError)?.code == .unauthorized
    }
    #expect(server.output.contains("/moved/info/refs"))
    #expect(other.output.contains("/r.git/info/refs anonymous"))
    #expect(!other.output.contains("authorized"))
  }

  @Test func `a server that never answers is given up`() throws {
    let port = try freePort()
    let silent = try ChildProcess([
      "python3", "-c", "import socket, time; s = socket.create_server(('127.0.0.1', \(port))); time.sleep(600)",
    ])
    defer { silent.kill() }
    expectEventually("it listens") { acceptsConnections(port: port) }
    #expect { try mirror().fetch(from: Remote("http://127.0.0.1:\(port)/x.git"), timeLimit: .milliseconds(300)) } throws: {
      ($0 as? WorkspaceError)?.code == .timedOut
    }
  }
}
