// Every mistake and its exact words.

import Foundation
import Testing

@testable import Settings

@Suite struct SettingsErrorTests {
  @Test(arguments: [
    (
      ["DEPLOYMENT_MODE": "lightwieght"],
      #"DOC_HEALING_DEPLOYMENT_MODE is "lightwieght": expected lightweight, hybrid or full; did you mean lightweight?"#
    ),
    (["DEPLOYMENT_MODE": "cloud"], #"DOC_HEALING_DEPLOYMENT_MODE is "cloud": expected lightweight, hybrid or full"#),
    (
      ["DATABASE_BACKEND": "postgres"],
      #"DOC_HEALING_DATABASE_BACKEND is "postgres": expected sqlite or postgresql; did you mean postgresql?"#
    ),
    (["QUEUE_BACKEND": "Memory"], #"DOC_HEALING_QUEUE_BACKEND is "Memory": expected memory or redis; did you mean memory?"#),
    (["SANDBOX": "docker"], #"DOC_HEALING_SANDBOX is "docker": expected bubblewrap or off"#),
    (
      ["LOG_LEVEL": "warn"],
      #"DOC_HEALING_LOG_LEVEL is "warn": expected trace, debug, info, notice, warning, error or critical; did you mean warning?"#
    ),
    (["LOG_FORMAT": "yaml"], #"DOC_HEALING_LOG_FORMAT is "yaml": expected text or json"#),
    (["UNIFIED_WORKER": "ture"], #"DOC_HEALING_UNIFIED_WORKER is "ture": expected true or false"#),
    (["API_PORT": "80x"], #"DOC_HEALING_API_PORT is "80x": expected a whole number from 1 to 65535"#),
    (["API_PORT": "0"], #"DOC_HEALING_API_PORT is "0": expected a whole number from 1 to 65535"#),
    (["WORKER_THREADS": "-1"], #"DOC_HEALING_WORKER_THREADS is "-1": expected a whole number from 1 to 256"#),
    (
      ["MAX_QUEUE_SIZE": "99999999999999999999"],
      #"DOC_HEALING_MAX_QUEUE_SIZE is "99999999999999999999": expected a whole number from 1 to 10000000"#
    ),
    (["MEMORY_LOG_INTERVAL": "1.5"], #"DOC_HEALING_MEMORY_LOG_INTERVAL is "1.5": expected a whole number from 0 to 86400"#),
    (["REDIS_DB": "x\ny"], #"DOC_HEALING_REDIS_DB is "x\ny": expected a whole number from 0 to 65535"#),
    (["API_HOST": "http://localhost"], #"DOC_HEALING_API_HOST is "http://localhost": expected a host name or an address"#),
    (["REDIS_HOST": "-h"], #"DOC_HEALING_REDIS_HOST is "-h": expected a host name or an address"#),
    (
      ["DATABASE_URL": "mysql://root:hunter2@h"],
      "DOC_HEALING_DATABASE_URL is malformed: expected a libpq connection URI such as postgresql://user@host/database, spaces as %20"
    ),
    (
      ["REDIS_URL": "rediss://:hunter2@h"],
      "DOC_HEALING_REDIS_URL is malformed: expected redis://[[user]:password@]host[:port][/database] (TLS is not supported: use a tunnel)"
    ),
    (["GITHUB_TOKEN": "hunter2 hunter2"], "DOC_HEALING_GITHUB_TOKEN is malformed: expected one line without spaces"),
    (["API_TOKEN": " , "], "DOC_HEALING_API_TOKEN holds no secret: expected one, or several separated by commas or spaces"),
    (
      ["GITLAB_URL": "gitlab.com"],
      #"DOC_HEALING_GITLAB_URL is "gitlab.com": expected an http or https address without user, query and fragment"#
    ),
    (["GITHUB_APP_ID": "1"], "DOC_HEALING_GITHUB_APP_ID is set without DOC_HEALING_GITHUB_APP_PRIVATE_KEY_PATH: set both"),
    (["GITHUB_APP_PRIVATE_KEY_PATH": "/k"], "DOC_HEALING_GITHUB_APP_PRIVATE_KEY_PATH is set without DOC_HEALING_GITHUB_APP_ID: set both"),
    (["API_PROT": "1"], "DOC_HEALING_API_PROT is not a known variable; did you mean DOC_HEALING_API_PORT?"),
    (
      ["GITHUB_WEBHOOK_SECRETS": "s"],
      "DOC_HEALING_GITHUB_WEBHOOK_SECRETS is not a known variable; did you mean DOC_HEALING_GITHUB_WEBHOOK_SECRET?"
    ),
    (["COLOUR_SCHEME": "1"], "DOC_HEALING_COLOUR_SCHEME is not a known variable; docs/configure.md lists all"),
    (["API_PORT_FILE": "/x"], "DOC_HEALING_API_PORT_FILE is not a known variable; did you mean DOC_HEALING_API_PORT?"),
    (["API_TOKEN_FILE": "/no/such/file"], #"DOC_HEALING_API_TOKEN_FILE is "/no/such/file": there is no such file"#),
    (["API_TOKEN_FILE": "/"], #"DOC_HEALING_API_TOKEN_FILE is "/": cannot read the file: Is a directory"#),
    (["API_TOKEN": "a", "API_TOKEN_FILE": "/x"], "DOC_HEALING_API_TOKEN and DOC_HEALING_API_TOKEN_FILE are both set: remove one"),
    (["SQLITE_PATH": "a\0b"], "DOC_HEALING_SQLITE_PATH contains a NUL character"),
    (
      ["QUEUE_BACKEND": "memory", "UNIFIED_WORKER": "false"],
      "a memory queue cannot be shared with separate worker processes (DOC_HEALING_QUEUE_BACKEND memory, DOC_HEALING_UNIFIED_WORKER false): "
        + "set DOC_HEALING_UNIFIED_WORKER=true or DOC_HEALING_QUEUE_BACKEND=redis"
    ),
    (
      ["DEPLOYMENT_MODE": "full", "QUEUE_BACKEND": "memory"],
      "a memory queue cannot be shared with separate worker processes (DOC_HEALING_QUEUE_BACKEND memory, DOC_HEALING_UNIFIED_WORKER false): "
        + "set DOC_HEALING_UNIFIED_WORKER=true or DOC_HEALING_QUEUE_BACKEND=redis"
    ),
  ])
  func words(_ environment: [String: String], _ message: String) {
    #expect { try load(environment) } throws: { error in "\(error)" == message }
  }

  @Test func allMistakesAreToldAtOnce() {
    let error = #expect(throws: SettingsError.self) { try load(["API_PORT": "x", "LOG_FORMAT": "x", "WHAT": "x"]) }
    #expect(error?.problems.count == 3)
  }

  @Test func longValuesAreCutAndControlsEscaped() {
    let error = #expect(throws: SettingsError.self) { try load(["API_PORT": "\u{1B}[31m" + String(repeating: "9", count: 500)]) }
    #expect(error?.description.hasPrefix(#"DOC_HEALING_API_PORT is "\u{1B}[31m999"#) == true)
    #expect(error.map { $0.description.utf8.count < 200 } == true)
  }

  @Test func emptyAndBinarySecretFiles() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.file("empty", "\n \n")
    #expect { try load(["API_TOKEN_FILE": empty]) } throws: { "\($0)" == "DOC_HEALING_API_TOKEN_FILE is \"\(empty)\": the file is empty" }
    let binary = try folder.file("binary", "a\0b")
    #expect { try load(["API_TOKEN_FILE": binary]) } throws: {
      "\($0)" == "DOC_HEALING_API_TOKEN_FILE is \"\(binary)\": the file is not text"
    }
    let large = try folder.file("large", String(repeating: "x", count: 70_000))
    #expect { try load(["API_TOKEN_FILE": large]) } throws: { "\($0)".hasSuffix("cannot read the file: it is larger than 64 KiB") }
  }
}

@Suite struct DotEnvTests {
  @Test(arguments: [
    ("A=1\n\n# comment\n  B = two words \nexport C=3\r\nD=a=b", ["A": "1", "B": "two words", "C": "3", "D": "a=b"]),
    (#"A="x \"y\" \\ \$z\n" # c"#, ["A": "x \"y\" \\ $z\n"]), (#"A='as \n it is # here'"#, ["A": #"as \n it is # here"#]),
    ("A=value # comment\nB=val#ue\nC=# nothing\nD=", ["A": "value", "B": "val#ue", "C": "", "D": ""]), ("A=1\nA=2", ["A": "2"]), ("", [:]),
  ])
  func parses(_ text: String, _ pairs: [String: String]) throws { #expect(try DotEnv.parse(text, path: ".env") == pairs) }

  @Test(arguments: [
    ("A=1\nwhat is this", ".env:2: expected NAME=value"),
    ("9A=1", ".env:1: expected a name of letters, digits and underscores before the ="),
    ("A B=1", ".env:1: expected a name of letters, digits and underscores before the ="),
    ("A=\"secret", ".env:1: the quotation of A's value does not end on its line"),
    ("A='x'y", ".env:1: the quotation of A's value does not end on its line"),
  ])
  func mistakes(_ text: String, _ message: String) {
    #expect { try DotEnv.parse(text, path: ".env") } throws: { "\($0)" == message }
  }

  @Test func unknownNamesInTheFileAreMistakesToo() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(".env", "DOC_HEALING_API_PROT=1")
    #expect { try Settings.load(environment: [:], dotEnvPath: path) } throws: {
      "\($0)" == "DOC_HEALING_API_PROT is not a known variable; did you mean DOC_HEALING_API_PORT?"
    }
    #expect { try Settings.load(environment: [:], dotEnvPath: "/") } throws: { "\($0)" == "cannot read /: Is a directory" }
  }
}
