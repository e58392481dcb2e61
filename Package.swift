// swift-tools-version: 6.2
import PackageDescription

// Who may import whom is stated here and nowhere else; docs/ARCHITECTURE.md draws the picture.
// Build with `--explicit-target-dependency-import-check error` (the Makefile does) so that an
// undeclared import stops the build.

let swift: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil)
  -> Target
{
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: swift)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil,
  exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: (name == "Studio" ? [] : [.init(stringLiteral: name)]) + dependencies,
    exclude: exclude, resources: resources, swiftSettings: swift)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
  name: "easel",
  products: [
    .library(name: "EaselImaging", targets: ["EaselImaging"]),
    .executable(name: "easel", targets: ["easel"]),
    .library(name: "EaselMuse", targets: ["EaselMuse", "EaselTensor", "EaselKit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // Values that every module shares.
    library("EaselKit", []),
    library("EaselScreen", ["EaselKit"]),

    // The studio: state, update, render, and the actor that carries out effects.
    library("EaselApp", ["EaselScreen", "EaselKit"]),
    library("EaselRuntime", ["EaselApp", "EaselScreen", "EaselKit"]),

    // Leaves: each touches one part of the world.
    library("EaselTerminal", ["EaselScreen", "EaselKit", "CScreen", "CScheduling"]),
    library("EaselConfig", ["EaselApp", "EaselScreen", "EaselKit", toml]),
    library("EaselImaging", ["EaselKit", "CSixel", "CSpng", "CTurboJPEG", "CWebP"]),
    library("EaselStore", ["EaselKit", "CSodium", grdb]),
    library("EaselModels", ["EaselKit", "CSodium"]),
    library(
      "EaselMuse", ["EaselKit", "EaselTensor", "CHarfBuzz", "CScheduling"],
      resources: [.copy("Models"), .copy("Scenes/Drawings"), .copy("Scenes/Words")]),
    library("EaselTensor", ["CKernels"]),

    // Programs.
    .executableTarget(
      name: "easel",
      dependencies: [
        "EaselRuntime", "EaselApp", "EaselScreen", "EaselTerminal", "EaselConfig", "EaselImaging",
        "EaselStore", "EaselModels", "EaselMuse", "EaselKit", arguments,
      ],
      swiftSettings: swift),
    .executableTarget(
      name: "easel-bench",
      dependencies: [
        "EaselTestSupport", "EaselImaging", "EaselStore", "EaselMuse", "EaselTensor", "EaselKit",
        "EaselScreen", "EaselTerminal", "EaselApp", arguments,
      ],
      swiftSettings: swift),

    // C: curses, sixel, codecs, the compute kernels and a call of the system's. Nothing else.
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CScheduling"),
    .target(
      name: "CScreen", exclude: ["easel-direct.ti"], linkerSettings: [.linkedLibrary("ncursesw")]),
    .systemLibrary(name: "CSixel", pkgConfig: "libsixel", providers: [.apt(["libsixel-dev"])]),
    .systemLibrary(name: "CSpng", pkgConfig: "spng", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(
      name: "CHarfBuzz", pkgConfig: "harfbuzz", providers: [.apt(["libharfbuzz-dev"])]),

    // Tests.
    .target(
      name: "EaselTestSupport", dependencies: ["EaselKit", "EaselScreen", "CScreen"],
      swiftSettings: swift),
    tests("EaselKit", ["EaselTestSupport"]),
    tests("EaselScreen", ["EaselKit", "EaselTestSupport"]),
    tests(
      "EaselApp", ["EaselConfig", "EaselScreen", "EaselKit", "EaselTestSupport"],
      exclude: ["Snapshots"]),
    tests("EaselRuntime", ["EaselApp", "EaselScreen", "EaselKit", "EaselTestSupport"]),
    .executableTarget(
      name: "screen-card",
      dependencies: ["EaselTerminal", "EaselScreen", "EaselKit", "EaselTestSupport"],
      path: "Tests/ScreenCard", swiftSettings: swift),
    tests(
      "EaselTerminal",
      ["EaselScreen", "EaselKit", "EaselTestSupport", "CScheduling", "screen-card"]),
    tests("EaselConfig", ["EaselApp", "EaselScreen", "EaselKit"]),
    tests("EaselImaging", ["EaselKit", "EaselTestSupport"]),
    tests("EaselStore", ["EaselKit", "EaselTestSupport", grdb]),
    tests("EaselModels", ["EaselKit", "EaselTestSupport"]),
    tests("EaselTensor", ["CKernels"]),
    // Scenes are drawings: the test brings the PNG decoder that the program brings otherwise.
    tests(
      "EaselMuse", ["EaselImaging", "EaselTensor", "EaselKit", "EaselTestSupport", "CKernels"]),
    tests("Studio", ["easel", "EaselTestSupport", "EaselScreen", "EaselKit"]),
  ]
)
