// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "swift-etherfabric",
  products: [
    // One product: depending on it links the API and the emulated adapter, so that `emu:` devices
    // exist in every build; hardware devices appear when Onload's headers are in Vendor/.
    .library(
      name: "EtherFabric",
      targets: ["EtherFabric", "EtherFabricFrames", "EtherFabricEmulator", "CEmulatorRegistration"]),
    .library(name: "EtherFabricFormats", targets: ["EtherFabricFormats"]),
    // The counters of running processes, for tools that need neither an adapter nor the API.
    .library(name: "LiveCounters", targets: ["LiveCounters"]),
    .library(name: "NetworkLab", targets: ["NetworkLab"]),
    // In the place of libciul.so.1, for programs in C and C++: Emulator/CLibrary/README.md.
    .library(name: "ciul", type: .dynamic, targets: ["CiulLibrary", "CiulExports"]),
    .library(name: "ciul-static", type: .static, targets: ["CiulLibrary"]),
    .executable(name: "efvi", targets: ["efvi"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CPcap", path: "Sources/CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(
      name: "CNuma", path: "Sources/CNuma", providers: [.apt(["libnuma-dev"])]),

    // C, only where C must be: shims over kernel headers, and the table a backend enters itself in.
    .target(name: "CLinuxShims", path: "Sources/CLinuxShims"),
    .target(name: "CBackendTable", path: "Sources/CBackendTable"),

    .target(
      name: "EtherFabricFormats", path: "Sources/EtherFabricFormats", swiftSettings: strict),
    .target(
      name: "EtherFabricFrames", dependencies: ["EtherFabric", "EtherFabricFormats"],
      path: "Sources/EtherFabricFrames", swiftSettings: strict),
    .target(name: "Measurement", path: "Sources/Measurement", swiftSettings: strict),
    .target(
      name: "LiveCounters", dependencies: ["CLinuxShims"], path: "Sources/LiveCounters", swiftSettings: strict),
    .target(
      name: "EtherFabric",
      dependencies: ["EtherFabricFormats", "CBackendTable", "CLinuxShims", "CNuma"],
      path: "Sources/EtherFabric", swiftSettings: strict),

    .target(
      name: "EmulatedAdapter",
      dependencies: ["EtherFabric", "EtherFabricFormats", "LiveCounters", "CLinuxShims"],
      path: "Emulator/Adapter", swiftSettings: strict),
    .target(
      name: "EmulatedWires",
      dependencies: [
        "EmulatedAdapter", "EtherFabric", "EtherFabricFormats", "CLinuxShims", "CPcap",
      ],
      path: "Emulator/Wires", swiftSettings: strict),
    .target(
      name: "EtherFabricEmulator",
      dependencies: [
        "EmulatedAdapter", "EmulatedWires", "EtherFabric", "EtherFabricFormats", "CBackendTable",
        "CLinuxShims",
      ],
      path: "Emulator/Device", swiftSettings: strict),
    .target(
      name: "CEmulatorRegistration", dependencies: ["CBackendTable", "EtherFabricEmulator"],
      path: "Emulator/Registration"),

    // The C API of ef_vi over the emulated adapter, and the headers that it is compiled against.
    .target(
      name: "CiulHeaders", path: "Emulator/CLibrary", sources: ["Module"], publicHeadersPath: "include"),
    .target(name: "CiulSupport", path: "Emulator/CLibrary/Support"),
    .target(
      name: "CiulExports", path: "Emulator/CLibrary/Exports", exclude: ["ciul.map"],
      cSettings: [
        .define("CIUL_EXPORTS", to: "\"\(Context.packageDirectory)/Emulator/CLibrary/Exports/ciul.map\"")
      ]),
    .target(
      name: "CiulLibrary",
      dependencies: [
        "CiulHeaders", "CiulSupport", "EtherFabric", "EtherFabricFormats", "EtherFabricEmulator",
        "CEmulatorRegistration", "CLinuxShims",
      ],
      path: "Emulator/CLibrary/Library", swiftSettings: strict),

    // Private networks for the demo, the tool and the tests: namespaces, veth pairs, the kernel's sockets.
    .target(
      name: "NetworkLab", dependencies: ["EtherFabric", "CLinuxShims"],
      path: "Emulator/Lab", swiftSettings: strict),

    .executableTarget(
      name: "efvi",
      dependencies: [
        "EtherFabric", "EtherFabricFormats", "EtherFabricFrames", "EtherFabricEmulator", "EmulatedAdapter",
        "EmulatedWires", "CEmulatorRegistration", "CLinuxShims", "LiveCounters", "Measurement", "NetworkLab",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      path: "Sources/efvi", swiftSettings: strict),

    .testTarget(
      name: "FormatsTests", dependencies: ["EtherFabricFormats"], path: "Tests/FormatsTests", swiftSettings: strict),
    .testTarget(
      name: "FramesTests", dependencies: ["EtherFabric", "EtherFabricFrames", "EtherFabricFormats"],
      path: "Tests/FramesTests",
      swiftSettings: strict),
    .testTarget(
      name: "MeasurementTests", dependencies: ["Measurement"], path: "Tests/MeasurementTests",
      swiftSettings: strict),
    .testTarget(
      name: "ToolTests",
      dependencies: ["efvi", "EmulatedWires", "EmulatedAdapter", "EtherFabric", "LiveCounters", "NetworkLab"],
      path: "Tests/ToolTests", swiftSettings: strict),
    .testTarget(
      name: "LiveCountersTests", dependencies: ["LiveCounters", "CLinuxShims"], path: "Tests/LiveCountersTests",
      swiftSettings: strict),
    .testTarget(
      name: "CaptureTests", dependencies: ["EmulatedWires", "EmulatedAdapter", "EtherFabric", "CPcap"],
      path: "Tests/CaptureTests", swiftSettings: strict),
    .testTarget(
      name: "FaultTests", dependencies: ["EmulatedAdapter", "EtherFabric"], path: "Tests/FaultTests",
      swiftSettings: strict),
    // The README's first program, and the tests of all that the documentation shows.
    .executableTarget(
      name: "efvi-first-program",
      dependencies: ["EtherFabric", "EtherFabricFrames", "EtherFabricEmulator", "CEmulatorRegistration"],
      path: "Tests/FirstProgram"),
    // Runs the system's compilers.
    .target(name: "Compilers", path: "Tests/Compilers", swiftSettings: strict),
    .testTarget(
      name: "DocumentationTests", dependencies: ["efvi-first-program", "Compilers"], path: "Tests/DocumentationTests",
      swiftSettings: strict),
    .testTarget(
      name: "CHeaderTests", dependencies: ["Compilers"], path: "Tests/CHeaderTests", exclude: ["Golden", "Programs"],
      swiftSettings: strict),
    .testTarget(
      name: "WordTests", dependencies: ["EtherFabricFormats"], path: "Tests/WordTests", swiftSettings: strict),
    .testTarget(
      name: "QueueTests", dependencies: ["EtherFabric", "EtherFabricFormats"], path: "Tests/QueueTests",
      swiftSettings: strict),
    .testTarget(
      name: "PropertyTests",
      dependencies: ["EtherFabric", "EmulatedAdapter", "EmulatedWires", "CEmulatorRegistration"],
      path: "Tests/PropertyTests", swiftSettings: strict),
    // Every feature at once under faults, for as long as asked.
    .testTarget(
      name: "SoakTests",
      dependencies: [
        "EtherFabric", "EtherFabricFormats", "EmulatedAdapter", "EmulatedWires", "EtherFabricEmulator",
        "CEmulatorRegistration",
      ],
      path: "Tests/SoakTests", swiftSettings: strict),
    .testTarget(
      name: "BadInputTests",
      dependencies: [
        "EtherFabric", "EmulatedAdapter", "EmulatedWires", "EtherFabricEmulator", "CEmulatorRegistration",
      ],
      path: "Tests/BadInputTests", swiftSettings: strict),
    .testTarget(
      name: "AdapterTests",
      dependencies: [
        "EtherFabric", "EtherFabricFormats", "EtherFabricFrames", "EtherFabricEmulator", "EmulatedAdapter",
        "EmulatedWires", "CEmulatorRegistration", "LiveCounters",
      ],
      path: "Tests/AdapterTests", swiftSettings: strict),
    .testTarget(
      name: "NetworkLabTests", dependencies: ["NetworkLab", "EtherFabric"],
      path: "Tests/NetworkLabTests", swiftSettings: strict),
    .testTarget(
      name: "PacketWireTests",
      dependencies: ["EmulatedWires", "EmulatedAdapter", "EtherFabric", "CLinuxShims"],
      path: "Tests/PacketWireTests", swiftSettings: strict),
    .testTarget(
      name: "ControlTests",
      dependencies: ["EtherFabric", "EtherFabricFormats", "EmulatedAdapter", "EmulatedWires"],
      path: "Tests/ControlTests", swiftSettings: strict),
    .testTarget(
      name: "DemoTests", dependencies: ["efvi", "Measurement", "NetworkLab"], path: "Tests/DemoTests",
      swiftSettings: strict),
    .testTarget(
      name: "FilterTests", dependencies: ["EtherFabric", "EmulatedAdapter"], path: "Tests/FilterTests",
      swiftSettings: strict),

    // The allocation gate: a program that counts itself, built for speed by Scripts/build-tests, and its judge.
    .target(name: "DatapathCounter", path: "Tests/DatapathCounter"),
    .executableTarget(
      name: "DatapathProbe",
      dependencies: ["EtherFabric", "EtherFabricEmulator", "CEmulatorRegistration", "NetworkLab", "DatapathCounter"],
      path: "Tests/DatapathProbe", swiftSettings: strict),
    .testTarget(
      name: "DatapathTests", dependencies: ["NetworkLab"], path: "Tests/DatapathTests", swiftSettings: strict),
    // What one packet costs in instructions: a program built for speed by Scripts/build-tests, and its judge.
    .executableTarget(
      name: "InstructionProbe", dependencies: ["EtherFabric", "EtherFabricEmulator", "CEmulatorRegistration"],
      path: "Tests/InstructionProbe", swiftSettings: strict),
    .testTarget(
      name: "InstructionTests", path: "Tests/InstructionTests", exclude: ["instructions.tsv"], swiftSettings: strict),
    // Processes of another user, for tests.
    .target(name: "Stranger", dependencies: ["CLinuxShims"], path: "Tests/Stranger"),
    .testTarget(
      name: "SharedMemoryWireTests",
      dependencies: [
        "efvi", "EmulatedWires", "EmulatedAdapter", "EtherFabric", "EtherFabricEmulator", "CEmulatorRegistration",
        "CLinuxShims", "Stranger",
      ],
      path: "Tests/SharedMemoryWireTests", swiftSettings: strict),
    .testTarget(
      name: "TAPWireTests",
      dependencies: [
        "EmulatedWires", "EmulatedAdapter", "EtherFabric", "EtherFabricFrames", "EtherFabricEmulator",
        "CEmulatorRegistration", "CLinuxShims", "NetworkLab",
      ],
      path: "Tests/TAPWireTests", swiftSettings: strict),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "EtherFabric", "EtherFabricFormats", "EtherFabricFrames", "EtherFabricEmulator", "EmulatedAdapter",
        "EmulatedWires", "CEmulatorRegistration", "CLinuxShims", "NetworkLab",
      ],
      path: "Tests/ConformanceTests", swiftSettings: strict),
  ]
)
