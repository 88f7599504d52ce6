// swift-tools-version: 6.3
//
// Copyright 2026 the Crowd Models Executor authors. Licensed under the Apache License, version 2.0;
// see LICENSE.
import PackageDescription

// No package dependency, ever: the toolchain's libraries and glibc are what this stands on.

/// One list of rules for every target: what a newer language mode would forbid is forbidden now.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// Sources also say where they leave memory safety; tests do not, since `#expect` trips on spans.
let sourceSettings = settings + [.strictMemorySafety()]

/// Two libraries that nothing of the daemon needs, and that it would load at its start, with three
/// more behind them: regular expressions and tasks. Without them it starts a millisecond sooner.
let leanSettings: [SwiftSetting] = [
    .unsafeFlags([
        "-Xfrontend", "-disable-implicit-string-processing-module-import",
        "-Xfrontend", "-disable-implicit-concurrency-module-import",
    ])
]

/// How often each branch of the daemon was taken under the benchmark's loads: with it the compiler
/// puts what runs often beside one another, which saves a tenth of each request's time. What has
/// changed since is compiled as if there were none; `make profile` takes it anew.
let profile = "\(Context.packageDirectory)/Sources/RPCDaemon/daemon.profdata"
let profiling =
    Context.environment["CROWD_MODELS_PROFILING"] == nil
    ? "-ir-profile-use=\(profile)" : "-ir-profile-generate"

let profileSettings: [SwiftSetting] = [
    .unsafeFlags(["-Xfrontend", profiling], .when(configuration: .release))
]

/// The daemon is one thread, and tests run with exclusivity checked; at run time the checks cost a
/// sixth of the instructions of a `ping` (measured with callgrind), and can find nothing new. For the
/// same reason references are counted without atomic operations: names are looked up by a thread of
/// C, which holds none.
let daemonSettings =
    sourceSettings + leanSettings + profileSettings + [
        .unsafeFlags(
            ["-enforce-exclusivity=unchecked", "-Xfrontend", "-assume-single-threaded"],
            .when(configuration: .release))
    ]

/// The standard library's rounding calls libm; a room that imports no Glibc has to ask for it.
let mathematics: [LinkerSetting] = [.linkedLibrary("m")]

/// A room of the daemon: its folder is its module, so that the compiler keeps the walls.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/RPCDaemon/\(name)",
        swiftSettings: daemonSettings, linkerSettings: mathematics)
}

/// A room of the client, likewise.
func clientRoom(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/RPCClient/\(name)",
        swiftSettings: sourceSettings, linkerSettings: mathematics)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], without files: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: files,
        swiftSettings: settings)
}

let package = Package(
    name: "crowd-models-executor",
    products: [
        .executable(name: "crowd-models-executor", targets: ["RPCDaemon"]),
        .executable(name: "crowd-models", targets: ["RPCClient"]),
        .executable(name: "lmstudio-simulator", targets: ["Simulator"]),
        .executable(name: "toml-decoder", targets: ["TOMLDecoder"]),
        .library(name: "CrowdModelsProtocol", targets: ["CrowdModelsProtocol"]),
    ],
    targets: [
        // The language both sides speak, and the two sides.
        .target(
            name: "CrowdModelsProtocol", path: "Sources/Protocol",
            swiftSettings: sourceSettings + leanSettings + profileSettings,
            linkerSettings: mathematics),
        .executableTarget(
            name: "RPCDaemon",
            dependencies: [
                "Requests", "Doors",
                "Backends", "HTTP", "Sessions", "Telemetry", "Scheduling", "Metrics",
                "Configuration",
                "CrowdModelsProtocol", "Kernel",
            ],
            path: "Sources/RPCDaemon/Daemon", swiftSettings: daemonSettings),
        .executableTarget(
            name: "RPCClient", dependencies: ["Commands"], path: "Sources/RPCClient/Program",
            swiftSettings: sourceSettings),

        // The daemon's rooms; arrows only point down.
        room(
            "Requests",
            [
                "Sessions", "Backends", "Scheduling", "Telemetry", "Metrics", "HTTP",
                "Configuration", "CrowdModelsProtocol", "Kernel",
            ]),
        room(
            "Doors", ["Sessions", "HTTP", "Configuration", "CrowdModelsProtocol", "Kernel"]),
        room("Backends", ["HTTP", "Configuration", "CrowdModelsProtocol", "Kernel"]),
        room("Sessions", ["Metrics", "Configuration", "CrowdModelsProtocol", "Kernel"]),
        room("Telemetry", ["Metrics", "Configuration", "CrowdModelsProtocol", "Kernel"]),
        room("HTTP", ["CCurl", "CrowdModelsProtocol", "Kernel"]),
        room("Kernel", ["CLinux", "CrowdModelsProtocol"]),
        room("Scheduling"),
        room("Metrics"),
        room("Configuration", ["CrowdModelsProtocol"]),
        .target(name: "CLinux", path: "Sources/RPCDaemon/CLinux"),
        .target(name: "CCurl", path: "Sources/RPCDaemon/CCurl"),

        // The client's rooms.
        clientRoom("Commands", ["Link", "Screen", "CrowdModelsProtocol"]),
        clientRoom("Link", ["Screen", "Configuration", "CrowdModelsProtocol"]),
        clientRoom("Screen", ["CrowdModelsProtocol"]),

        // Programs that only tests, the demo and the benchmark use.
        .executableTarget(
            name: "Simulator", dependencies: ["CrowdModelsProtocol"], path: "Tests/Simulator",
            swiftSettings: settings),
        .executableTarget(
            name: "TOMLDecoder", dependencies: ["Configuration"], path: "Tests/TOMLDecoder",
            swiftSettings: settings),
        .executableTarget(
            name: "BenchDriver", path: "Tests/Bench/Driver",
            cSettings: [.define("_GNU_SOURCE")], linkerSettings: mathematics),
        .executableTarget(
            name: "BenchScheduler", dependencies: ["Metrics", "Scheduling"],
            path: "Tests/Bench/Scheduler",
            swiftSettings: settings),
        .executableTarget(
            name: "BenchJSON", dependencies: ["CrowdModelsProtocol"], path: "Tests/Bench/JSON",
            swiftSettings: settings),

        // A program as a tool's author would write it; a test runs it.
        .executableTarget(
            name: "SwiftExample", dependencies: ["CrowdModelsProtocol"],
            path: "docs/examples/swift", swiftSettings: settings),

        // What several test targets need.
        .target(
            name: "TestSupport", dependencies: ["CrowdModelsProtocol", "Kernel"],
            path: "Tests/TestSupport", swiftSettings: settings),

        tests("ProtocolTests", ["Configuration", "CrowdModelsProtocol", "TestSupport"]),
        tests("ConfigurationTests", ["Configuration", "CrowdModelsProtocol"]),
        tests("MetricsTests", ["Metrics"]),
        tests(
            "SessionsTests",
            ["Configuration", "CrowdModelsProtocol", "Kernel", "Sessions", "TestSupport"]),
        tests(
            "DoorsTests",
            [
                "Doors", "Configuration", "CrowdModelsProtocol", "HTTP", "Kernel", "Sessions",
                "TestSupport",
            ]),
        tests(
            "TelemetryTests",
            ["Configuration", "CrowdModelsProtocol", "Kernel", "Metrics", "Telemetry"]),
        tests("SchedulingTests", ["Scheduling"]),
        tests("KernelTests", ["CrowdModelsProtocol", "Kernel", "TestSupport"]),
        tests("HTTPTests", ["HTTP", "CrowdModelsProtocol", "Kernel", "TestSupport"]),
        tests(
            "BackendsTests",
            ["Backends", "Configuration", "CrowdModelsProtocol", "HTTP", "Kernel", "TestSupport"]),
        tests("ScreenTests", ["Screen", "CrowdModelsProtocol"]),
        tests("CommandsTests", ["Commands", "Link", "Screen", "CrowdModelsProtocol"]),
        tests(
            "RequestsTests",
            [
                "Requests", "Backends", "Configuration", "CrowdModelsProtocol", "Kernel", "Metrics",
                "Scheduling", "Telemetry",
            ]),
        tests(
            "DaemonTests",
            [
                "RPCDaemon", "Backends", "Configuration", "CrowdModelsProtocol", "Kernel",
                "Requests", "Sessions", "Telemetry", "TestSupport",
            ]),
        tests("EndToEndTests", ["CrowdModelsProtocol", "Link", "Screen", "TestSupport"]),
        tests(
            "TidyTests", ["Configuration", "CrowdModelsProtocol"], without: ["statements.txt"]),
    ],
    swiftLanguageModes: [.v6]
)
