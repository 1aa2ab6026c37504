// The subcommands that work on the service's database and queue. They read the same settings as the service.

import ArgumentParser
import Assembly
import Domain
import Pipeline
import Queue
import Settings
import Storage
import Threading

struct RepositoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repository", abstract: "The repositories that the service watches.", subcommands: [Add.self, List.self, Remove.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Watch a repository.")
    @Argument(help: "A path on this machine, or a URL (https, ssh, git).") var location: String
    @Option(help: "The forge that sends its webhooks: github, gitlab, gitea or git.") var forge: Forge = .git
    @Option(help: "What webhooks call it; owner/name, or for plain git the path or URL that the hook sends.") var name: String?

    func run() throws {
      try Administration.open { administration in
        let repository = try administration.add(location: location, forge: forge, name: name)
        say("\(repository.id)  \(repository.forge.rawValue)  \(repository.name)  \(repository.cloneURL)\n")
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the watched repositories.")

    func run() throws {
      try Administration.open { administration in
        for repository in try administration.repositories() {
          let state = repository.enabled ? "" : "  switched off"
          say("\(repository.id)  \(repository.forge.rawValue)  \(repository.name)  \(repository.cloneURL)\(state)\n")
        }
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stop watching a repository and forget its runs.")
    @Argument(help: "Its name or identifier.") var name: String

    func run() throws {
      try Administration.open { administration in
        guard try administration.remove(name) else {
          throw Exit(status: 1, line: "there is no repository \(name); doc-healing repository list shows them")
        }
      }
    }
  }
}

extension Forge: ExpressibleByArgument {}

struct MigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring the database's schema to this program's version, or back to an earlier one.")
  @Option(help: "The version to go to; the newest when not given.") var to: Int?

  func run() throws {
    let (before, after) = try Administration.migrate(to: to)
    say(before == after ? "schema version \(after), nothing to do\n" : "schema version \(before) -> \(after)\n")
  }
}

struct RedeliverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redeliver", abstract: "Process a stored delivery again.",
    discussion: "With a queue in the responder's memory the responder takes it up within seconds.")
  @Argument(help: "The forge's id of the delivery, or ours.") var id: String

  func run() throws {
    try Administration.open { administration in
      guard let task = try administration.redeliver(id) else { throw Exit(status: 1, line: "there is no delivery \(id)") }
      say("\(task)\n")
    }
  }
}

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "status", abstract: "What the service has and does.")

  func run() throws {
    try Administration.open { administration in say(try administration.status()) }
  }
}

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What is installed, reachable and writable, and what is not and how to get it.")

  func run() throws {
    let report = try Doctor.examine()
    say(report.text)
    if !report.isHealthy { throw Exit.findings }
  }
}
