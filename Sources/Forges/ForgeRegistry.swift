// The forges, written by hand: a new one is a folder and a line here.

import Domain

public enum ForgeRegistry {
  public static let all: [any ForgeReceiver] = [GitHubReceiver(), GitLabReceiver(), GiteaReceiver(), GitReceiver()]

  /// The receiver of a forge's route.
  public static func receiver(for forge: Forge) -> any ForgeReceiver {
    switch forge {
    case .github: GitHubReceiver()
    case .gitlab: GitLabReceiver()
    case .gitea: GiteaReceiver()
    case .git: GitReceiver()
    }
  }
}
