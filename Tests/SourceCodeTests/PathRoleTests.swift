// Roles of files by their paths.

import TestSupport
import Testing

@testable import SourceCode

@Suite struct PathRoleTests {
  @Test(arguments: [
    ("src/client.py", PathRole.code), ("src/latest.java", .code), ("src/ClientTest.java", .test), ("src/ExitTest.swift", .code),
    ("src/ExitTests.swift", .test), ("src/Test.java", .code), ("conftest.py", .test), ("a/test_x.py", .test), ("a/test_x.js", .code),
    ("a/x.test.js", .test), ("a/x_test.go", .test), ("Tests/Help.swift", .test), ("docs/a.py", .example), ("Vendor/tests/a.c", .vendored),
    ("tests/a.pb.go", .generated), ("generated/tests/a.go", .generated), ("examples/tests/a.go", .test), ("", .code), ("///", .code),
    ("tests", .code), ("tests/", .code), ("a//tests//b.c", .test), (".test_x.py", .test), ("ä/tests/b.c", .test), ("ä/BTest.java", .test),
    ("Ä/Vendor/b.c", .vendored),
  ])
  func roles(_ path: String, _ role: PathRole) { #expect(PathRole(path: path) == role) }

  /// Bytes and characters say the same.
  @Test func asciiPathsAreReadAlike() {
    let parts = [
      "src", "Tests", "tests", "vendor", "Third_Party", "generated", "docs", "demo", "x", "test_", "_test", ".py", ".swift", ".java",
      "Test",
      "Tests", "IT", ".spec.", ".test.", ".", "..", "/", "/", "/", "conftest", ".pb.go", ".min.js",
    ]
    forAll(cases: 3000) { random in
      let path = (0..<random.int(in: 0...7)).map { _ in random.pick(parts) }.joined()
      try #require(PathRole(path: path) == PathRole.role(unicode: path), "\(path): \(random.comment)")
    }
  }
}
