// What a file is for, by its path: only the project's own code keeps a name alive.

/// The part that a source file plays in its repository.
public enum PathRole: Sendable, Hashable {
  /// The project itself.
  case code
  /// Tests, fixtures, mocks: they follow the code, and sometimes keep an old name on purpose.
  case test
  /// Examples, benchmarks and code inside the documentation: they are as stale as the documents.
  case example
  /// Somebody else's code.
  case vendored
  /// Written by a tool.
  case generated

  public init(path: String) {
    let parts = path.split(separator: "/").map { $0.lowercased() }
    let name = parts.last ?? ""
    let folders = parts.dropLast()
    if folders.contains(where: Self.vendoredFolders.contains) {
      self = .vendored
    } else if Self.generatedEndings.contains(where: name.hasSuffix) {
      self = .generated
    } else if folders.contains(where: Self.testFolders.contains) || Self.isTestName(name, original: path) {
      self = .test
    } else if folders.contains(where: Self.exampleFolders.contains) {
      self = .example
    } else {
      self = .code
    }
  }

  private static let vendoredFolders: Set<String> = [
    "vendor", "vendored", "node_modules", "third_party", "thirdparty", "third-party", "bower_components", "pods", "carthage", ".yarn",
    "dist",
    "site-packages",
  ]
  private static let testFolders: Set<String> = [
    "test", "tests", "__tests__", "spec", "specs", "fixtures", "__fixtures__", "fixture", "testdata", "test-data", "test_data", "mocks",
    "__mocks__", "e2e", "integration-tests", "integration_tests", "androidtest", "commontest", "jvmtest",
  ]
  private static let exampleFolders: Set<String> = [
    "example", "examples", "demo", "demos", "sample", "samples", "doc", "docs", "documentation", "docs_src", "website", "tutorial",
    "tutorials", "playground", "bench", "benches", "benchmark", "benchmarks",
  ]
  private static let generatedEndings = [
    ".min.js", ".bundle.js", ".pb.go", "_pb2.py", "_pb2_grpc.py", ".pb.h", ".pb.cc", ".pb.swift", ".g.cs", ".designer.cs", ".generated.ts",
    ".generated.swift", ".generated.go", "_generated.go", "_generated.rs", ".gen.go",
  ]

  private static func isTestName(_ name: String, original: String) -> Bool {
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    if stem == "conftest" || stem.hasPrefix("test_") && name.hasSuffix(".py") { return true }
    if [".test.", ".spec.", ".tests."].contains(where: name.contains) { return true }
    if ["_test", "_tests", "_spec"].contains(where: stem.hasSuffix) { return true }
    // `ClientTest.java`, but not `latest.java`: the capital tells.
    let originalStem = original.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
    return ["Test", "Tests", "TestCase", "IT"].contains { originalStem.hasSuffix($0) && originalStem != $0 }
  }
}
