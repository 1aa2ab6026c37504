// swift-tools-version: 6.2
//
// One target hides one C library or forbids one import arrow; everything else is a folder (ARCHITECTURE.md).
// Arrows only go to lower layers; `scripts/check-imports` fails on any other.

import PackageDescription

let strict: [SwiftSetting] =
  Context.environment["DOC_HEALING_WARNINGS_ARE_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// A library target of the engine.
func layer(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// An executable of layer 6.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one target, beside the support that all tests share.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: ["TestSupport", "Domain", "Threading"] + dependencies, resources: resources, swiftSettings: strict)
}

/// A library product of another package.
func library(_ product: String, _ package: String) -> Target.Dependency { .product(name: product, package: package) }

let package = Package(
  name: "doc-healing",
  products: [
    .executable(name: "doc-healing", targets: ["doc-healing"]),
    .executable(name: "doc-healing-responder", targets: ["doc-healing-responder"]),
    .executable(name: "doc-healing-worker", targets: ["doc-healing-worker"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Layer 0: one C library each.
    .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CMD4C", pkgConfig: "md4c", providers: [.apt(["libmd4c-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

    // Layer 1: the nouns, threads and clocks, configuration, HTTP.
    layer("Domain"),
    layer("Threading", ["Domain"]),
    layer("Settings", ["Domain", library("Configuration", "swift-configuration"), library("SystemPackage", "swift-system"), "Yams"]),
    layer("HTTPClient", ["Domain", "Threading", "CCurl"]),

    // Layer 2: one room each, none knows another.
    layer("Documents", ["Domain", "CMD4C"]),
    layer("SourceCode", ["Domain"]),
    layer("Workspace", ["Domain", "Threading"]),
    layer(
      "Forges",
      ["Domain", "Threading", "HTTPClient", library("Crypto", "swift-crypto"), library("CryptoExtras", "swift-crypto")]),
    layer("LanguageModels", ["Domain", "Threading", "HTTPClient", library("Crypto", "swift-crypto")]),
    layer("Queue", ["Domain", "Threading", library("Logging", "swift-log")]),
    layer("Storage", ["Domain", "Threading"]),
    layer("FastCGI", ["Domain", "Threading", "CFastCGI"]),

    // Layer 3: backends, and what judges and repairs.
    layer("QueueRedis", ["Domain", "Threading", "Queue", "CHiredis"]),
    layer("StorageSQLite", ["Domain", "Threading", "Storage", "CSQLite"]),
    layer("StoragePostgreSQL", ["Domain", "Threading", "Storage", "CPostgreSQL"]),
    layer("Validation", ["Domain", "Threading", "Documents", "SourceCode", "Workspace", "Yams", library("Crypto", "swift-crypto")]),
    layer("Healing", ["Domain", "Documents", "SourceCode"]),

    // Layer 4 and 5: the stages in order, and the service.
    layer(
      "Pipeline",
      [
        "Domain", "Threading", "Settings", "Documents", "SourceCode", "Workspace", "Forges", "Queue", "Storage", "Validation", "Healing",
        "LanguageModels",
        library("Logging", "swift-log"),
      ]),
    layer(
      "Server",
      [
        "Domain", "Threading", "Settings", "FastCGI", "Forges", "Queue", "Storage", "Pipeline", library("Mustache", "swift-mustache"),
        library("Logging", "swift-log"), library("Crypto", "swift-crypto"),
      ]),

    // Layer 6: wiring and arguments.
    layer(
      "Assembly",
      [
        "Domain", "Threading", "Settings", "FastCGI", "Forges", "Workspace", "Queue", "QueueRedis", "Storage", "StorageSQLite",
        "Validation", "Healing", "Documents", "SourceCode",
        "StoragePostgreSQL", "Pipeline", "Server", "HTTPClient", "LanguageModels", library("Logging", "swift-log"),
        library("ArgumentParser", "swift-argument-parser"),
      ]),
    program(
      "doc-healing",
      [
        "Domain", "Threading", "Settings", "Workspace", "Queue", "Storage", "Healing", "Validation", "Pipeline", "Assembly",
        library("ArgumentParser", "swift-argument-parser"), library("Logging", "swift-log"),
      ]),
    program("doc-healing-responder", ["Assembly"]),
    program("doc-healing-bench", ["Assembly"]),
    program("doc-healing-worker", ["Assembly", "Domain", library("ArgumentParser", "swift-argument-parser")]),

    // Tests.
    .target(
      name: "TestSupport",
      dependencies: [
        "Domain", "Threading", "Workspace", "Storage", "Queue", "Forges", library("Crypto", "swift-crypto"),
        library("CryptoExtras", "swift-crypto"),
      ],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("DomainTests", []),
    tests("ThreadingTests", []),
    tests("HTTPClientTests", ["HTTPClient"]),
    tests("SettingsTests", ["Settings"]),
    tests("DocumentsTests", ["Documents"]),
    tests("SourceCodeTests", ["SourceCode"]),
    tests("WorkspaceTests", ["Workspace"]),
    tests("ForgesTests", ["Forges", "HTTPClient"], resources: [.copy("Fixtures")]),
    tests("LanguageModelsTests", ["LanguageModels", "HTTPClient"]),
    tests("QueueTests", ["Queue", "QueueRedis", library("Logging", "swift-log")]),
    tests("StorageTests", ["CSQLite", "Storage", "StorageSQLite", "StoragePostgreSQL"]),
    tests("FastCGITests", ["FastCGI"]),
    tests("ValidationTests", ["Validation", "Documents", "SourceCode", "Workspace"], resources: [.copy("Specs"), .copy("Golden")]),
    tests("HealingTests", ["Healing", "Validation", "Pipeline", "Workspace", "Documents", "SourceCode"], resources: [.copy("Specs")]),
    tests(
      "PipelineTests",
      [
        "Pipeline", "Workspace", "Settings", "Healing", "SourceCode", "Validation", "Documents", "HTTPClient", "LanguageModels", "Forges",
        "Storage",
        "StorageSQLite", library("Logging", "swift-log"),
      ],
      resources: [.copy("Golden")]),
    tests("ServerTests", ["Server", "Assembly", "FastCGI", "Forges", "Pipeline", "Queue", "Settings", library("Logging", "swift-log")]),
    tests("EndToEndTests", ["Assembly", "Forges"]),
  ],
  swiftLanguageModes: [.v6]
)
