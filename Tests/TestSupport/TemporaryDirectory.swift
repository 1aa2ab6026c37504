// A folder that lasts as long as the test that made it.

import Glibc

/// A failed system call in a test's own scaffolding.
public struct SystemFailure: Error, CustomStringConvertible {
  public let description: String

  /// Reads `errno`: construct it right after the call that failed.
  public init(_ what: String) { description = "\(what): \(String(cString: strerror(errno)))" }
}

/// A fresh folder under `TMPDIR` (or `/tmp`), removed with everything in it when the last reference goes.
public final class TemporaryDirectory: Sendable {
  /// Absolute, without symbolic links.
  public let path: String

  public init(_ label: String = "test") throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/doc-healing-\(label)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure("cannot make a temporary directory in \(parent)") }
    guard let resolved = realpath(&template, nil) else { throw SystemFailure("cannot resolve the temporary directory") }
    defer { free(resolved) }
    path = String(cString: resolved)
  }

  deinit { removeTree(path) }

  /// The absolute path of something inside.
  public func callAsFunction(_ relative: String) -> String { "\(path)/\(relative)" }

  /// Writes a file, with the folders that lead to it.
  @discardableResult
  public func write(_ relative: String, _ contents: String, mode: mode_t = 0o644) throws -> String {
    try write(relative, bytes: Array(contents.utf8), mode: mode)
  }

  @discardableResult
  public func write(_ relative: String, bytes: [UInt8], mode: mode_t = 0o644) throws -> String {
    let target = self(relative)
    try makeParents(of: target)
    try writeFile(target, bytes, mode: mode)
    return target
  }

  public func makeDirectory(_ relative: String) throws -> String {
    let target = self(relative)
    try makeParents(of: target + "/")
    return target
  }

  public func read(_ relative: String) throws -> String { String(decoding: try readFile(self(relative)), as: UTF8.self) }

  public func exists(_ relative: String) -> Bool { fileExists(self(relative)) }
}

/// Whether something, even a dangling symbolic link, stands at `path`.
public func fileExists(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}

public func readFile(_ path: String) throws -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw SystemFailure("cannot open \(path)") }
  defer { close(file) }
  var contents: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = Glibc.read(file, &buffer, buffer.count)
    guard count >= 0 else { throw SystemFailure("cannot read \(path)") }
    if count == 0 { return contents }
    contents += buffer[..<count]
  }
}

public func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard file >= 0 else { throw SystemFailure("cannot create \(path)") }
  defer { close(file) }
  var sent = 0
  while sent < bytes.count {
    let count = bytes[sent...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw SystemFailure("cannot write \(path)") }
    sent += count
  }
  guard fchmod(file, mode) == 0 else { throw SystemFailure("cannot set the mode of \(path)") }
}

/// Makes every folder up to the last `/` of `path`.
public func makeParents(of path: String) throws {
  var prefix = ""
  for component in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
    prefix += component + "/"
    if prefix != "/", mkdir(prefix, 0o755) != 0, errno != EEXIST { throw SystemFailure("cannot make \(prefix)") }
  }
}

/// Removes a tree without following symbolic links; what cannot be removed stays.
public func removeTree(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if status.st_mode & S_IFMT == S_IFDIR {
    chmod(path, 0o700)
    for name in (try? namesInDirectory(path)) ?? [] { removeTree("\(path)/\(name)") }
    rmdir(path)
  } else {
    unlink(path)
  }
}

/// The names in a folder, sorted, without `.` and `..`.
public func namesInDirectory(_ path: String) throws -> [String] {
  guard let stream = opendir(path) else { throw SystemFailure("cannot list \(path)") }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}
