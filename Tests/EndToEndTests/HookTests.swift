import Domain
import Foundation
import TestSupport
import Testing

/// A plain git server whose post-receive hook is the one that docs/install.md tells people to install.
@Suite struct HookTests {
  @Test func aPushThroughTheDocumentedHookComesBackAsARepair() throws {
    let service = try ServiceUnderTest()
    let example = try ExampleRepository()
    #expect(try service.tool(["repository", "add", example.server.path]).status == 0)
    try installHook(in: example.server, for: service)

    _ = try example.clone.git(["push", "--quiet", example.server.path, "\(example.before):refs/heads/release"])
    _ = try example.clone.git(["push", "--quiet", example.server.path, "\(example.after):refs/heads/release"])

    let branch = "doc-healing/release"
    expectEventually("the repair is pushed") { (try? example.server.head(branch)) != nil }
    #expect(try example.server.show("README.md", at: branch) == ExampleRepository.readme.replacing("parse_config", with: "load_settings"))
    #expect(try example.server.head("\(branch)~1") == example.after)
  }

  private func installHook(in server: TemporaryRepository, for service: ServiceUnderTest) throws {
    let page = try String(contentsOfFile: "\(ServiceUnderTest.project)/docs/install.md", encoding: .utf8)
    let sample = try #require(page.components(separatedBy: "```sh\n#!/bin/sh\n# Tells Doc Healing").dropFirst().first)
    let script = "#!/bin/sh\n# Tells Doc Healing" + (try #require(sample.components(separatedBy: "\n```").first)) + "\n"
    let secret = try service.directory.write("hook-secret", service.secret + "\n")
    let address = "http://127.0.0.1:\(service.client.port)"
    let hook = script.replacing("/etc/doc-healing/git-webhook-secret", with: secret)
      .replacing("http://127.0.0.1:8000", with: address)
    #expect(hook.contains(secret) && hook.contains(address))
    let path = "\(server.path)/hooks/post-receive"
    try FileManager.default.createDirectory(atPath: "\(server.path)/hooks", withIntermediateDirectories: true)
    try hook.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }
}
