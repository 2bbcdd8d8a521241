// swift-tools-version: 6.2
import Glibc
import PackageDescription

// Onload's headers decide whether there is a hardware backend: see Documentation/Hardware.md.
let onloadHeaders = findOnloadHeaders()
let hasHardware = onloadHeaders != nil
func withHardware<T>(_ items: T...) -> [T] { hasHardware ? items : [] }

let strict: [SwiftSetting] =
  [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + withHardware(.define("ETHERFABRIC_HARDWARE"))

let package = Package(
  name: "swift-etherfabric",
  products: [
    // One product: depending on it links the API and the emulated adapter, so that `emu:` devices
    // exist in every build; hardware devices appear when Onload's headers are in Vendor/.
    .library(
      name: "EtherFabric",
      targets: ["EtherFabric", "EtherFabricFrames", "EtherFabricEmulator", "CEmulatorRegistration"]
        + withHardware("HardwareBackend", "CHardwareRegistration")),
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
      dependencies: ["EtherFabricFormats", "CBackendTable", "CLinuxShims", "CNuma"]
        + withHardware("CEtherFabric", "CLibciul"),
      path: "Sources/EtherFabric", exclude: hasHardware ? [] : ["Hardware"], swiftSettings: strict),

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
      ] + withHardware("CEtherFabric", "HardwareBackend", "CHardwareRegistration"),
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
      dependencies: [
        "BuiltTool", "efvi", "EmulatedWires", "EmulatedAdapter", "EtherFabric", "LiveCounters", "NetworkLab",
      ],
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
    // Runs the built efvi as users do.
    .target(name: "BuiltTool", path: "Tests/BuiltTool", swiftSettings: strict),
    // Works a wire by hand.
    .target(name: "WireDriver", dependencies: ["EmulatedAdapter"], path: "Tests/WireDriver", swiftSettings: strict),
    // Runs the system's compilers.
    .target(name: "Compilers", path: "Tests/Compilers", swiftSettings: strict),
    .testTarget(
      name: "DocumentationTests", dependencies: ["efvi-first-program", "Compilers"], path: "Tests/DocumentationTests",
      swiftSettings: strict),
    .testTarget(
      name: "CHeaderTests", dependencies: ["Compilers"], path: "Tests/CHeaderTests", exclude: ["Golden", "Programs"],
      swiftSettings: strict),
    // Programs in C and C++ over the library, and the library in a process that has the same modules.
    .testTarget(
      name: "CLibraryTests",
      dependencies: [
        "CiulHeaders", "Compilers", "EtherFabric", "EtherFabricEmulator", "CEmulatorRegistration", "NetworkLab",
      ],
      path: "Tests/CLibraryTests", exclude: ["Programs"], swiftSettings: strict),
    .testTarget(
      name: "ShimTests", dependencies: ["Compilers"], path: "Tests/ShimTests", exclude: ["Programs"],
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
      dependencies: ["EmulatedWires", "EmulatedAdapter", "EtherFabric", "CLinuxShims", "WireDriver"],
      path: "Tests/PacketWireTests", swiftSettings: strict),
    .testTarget(
      name: "XDPWireTests",
      dependencies: [
        "BuiltTool", "efvi", "EmulatedWires", "EmulatedAdapter", "EtherFabric", "EtherFabricEmulator", "CLinuxShims",
        "NetworkLab", "WireDriver",
      ],
      path: "Tests/XDPWireTests", swiftSettings: strict),
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
    // The system calls of a thread, counted by the kernel, for tests.
    .target(name: "SystemCallCounter", path: "Tests/SystemCallCounter"),
    // Processes of another user, for tests.
    .target(name: "Stranger", dependencies: ["CLinuxShims"], path: "Tests/Stranger"),
    .testTarget(
      name: "SharedMemoryWireTests",
      dependencies: [
        "BuiltTool", "efvi", "EmulatedWires", "EmulatedAdapter", "EtherFabric", "EtherFabricEmulator",
        "CEmulatorRegistration", "CLinuxShims", "Stranger",
      ],
      path: "Tests/SharedMemoryWireTests", swiftSettings: strict),
    .testTarget(
      name: "TAPWireTests",
      dependencies: [
        "EmulatedWires", "EmulatedAdapter", "EtherFabric", "EtherFabricFrames", "EtherFabricEmulator",
        "CEmulatorRegistration", "CLinuxShims", "NetworkLab",
      ],
      path: "Tests/TAPWireTests", swiftSettings: strict),
    // What happens to every wire under load.
    .testTarget(
      name: "TroubleTests",
      dependencies: [
        "BuiltTool", "efvi", "EtherFabric", "EmulatedAdapter", "EtherFabricEmulator", "CEmulatorRegistration",
        "NetworkLab", "WireDriver",
      ],
      path: "Tests/TroubleTests", swiftSettings: strict),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "EtherFabric", "EtherFabricFormats", "EtherFabricFrames", "EtherFabricEmulator", "EmulatedAdapter",
        "EmulatedWires", "CEmulatorRegistration", "CLinuxShims", "LiveCounters", "NetworkLab", "SystemCallCounter",
      ] + withHardware("CHardwareRegistration"),
      path: "Tests/ConformanceTests", swiftSettings: strict),
  ]
)

// The backend over libciul. Without Onload's headers it is not there.
if let onloadHeaders {
  let module = headerModule(for: onloadHeaders)
  package.targets += [
    // C again: the calls that are macros and inline functions, and the library found at run time.
    .systemLibrary(
      name: "CEtherFabric", path: module, pkgConfig: "\(Context.packageDirectory)/\(module)/onload.pc"),
    .target(name: "CLibciul", dependencies: ["CEtherFabric"], path: "Sources/CLibciul"),
    .target(
      name: "HardwareBackend",
      dependencies: ["EtherFabric", "EtherFabricFormats", "CEtherFabric", "CLibciul", "CBackendTable", "CLinuxShims"],
      path: "Sources/HardwareBackend", swiftSettings: strict),
    .target(
      name: "CHardwareRegistration", dependencies: ["CBackendTable", "HardwareBackend"],
      path: "Sources/HardwareRegistration"),
    // Opens one device, in an environment of the test's choice.
    .executableTarget(
      name: "HardwareOpener", dependencies: ["EtherFabric", "CEmulatorRegistration", "CHardwareRegistration"],
      path: "Tests/HardwareOpener", swiftSettings: strict),
    .testTarget(
      name: "HardwareTests", dependencies: ["EtherFabric", "CHardwareRegistration", "HardwareOpener"],
      path: "Tests/HardwareTests", swiftSettings: strict),
  ]
}

// What stands in for libciul is not built on it, nor are there two sets of its headers in one program.
if hasHardware {
  let cLibrary: Set = ["CiulHeaders", "CiulSupport", "CiulExports", "CiulLibrary", "CLibraryTests"]
  package.targets.removeAll { cLibrary.contains($0.name) }
  package.products.removeAll { $0.name.hasPrefix("ciul") }
}

// What Scripts/test-hardware wants of a build with Onload's headers: two suites, and no programs but theirs.
if hasHardware, Context.environment["EFVI_TESTS"] == "hardware" {
  let kept: Set = ["ConformanceTests", "HardwareTests", "HardwareOpener"]
  package.targets.removeAll { [.test, .executable].contains($0.type) && !kept.contains($0.name) }
  package.products.removeAll { $0.name == "efvi" }
}

/// The folder that holds `etherfabric/ef_vi.h`: of the tree that ONLOAD_HOME names, else of Vendor/onload.
func findOnloadHeaders() -> String? {
  let named = Context.environment["ONLOAD_HOME"].flatMap { $0.isEmpty ? nil : $0 }
  for home in [named, Context.packageDirectory + "/Vendor/onload"].compactMap({ $0 }) {
    for folder in ["/src/include", "/usr/include", "/include", ""] {
      guard access(home + folder + "/etherfabric/ef_vi.h", R_OK) == 0,
        let path = realpath(home + folder, nil)
      else { continue }
      defer { free(path) }
      return String(cString: path)
    }
  }
  return nil
}

/// A folder with a module map and a file for SwiftPM's pkg-config reader, which passes its include path to all that import
/// the target, in this package and in those that depend on it. SwiftPM remembers what this manifest gave for an
/// environment and does not run it again, and the compiler takes modules of one module map for the same: so each tree of
/// headers has a folder of its own, which stays.
func headerModule(for headers: String) -> String {
  let hash = headers.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  let path = "Sources/CEtherFabric/Trees/\(String(hash, radix: 16))"
  let folder = Context.packageDirectory + "/" + path
  mkdir(Context.packageDirectory + "/Sources/CEtherFabric/Trees", 0o777)
  mkdir(folder, 0o777)
  write(
    "module CEtherFabric [system] {\n  header \"../../CEtherFabric.h\"\n  export *\n}\n",
    to: folder + "/module.modulemap")
  // By way of a link: headers that are found beside a module map of somebody's would be that module's.
  symlink(headers + "/etherfabric", folder + "/etherfabric")
  let search = access(headers + "/module.modulemap", R_OK) == 0 ? [folder] : [folder, headers]
  let flags = search.map { "-I" + $0.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "\\ ") }
  write(
    "Name: onload\nDescription: Headers of Onload\nVersion: 1\nCflags: \(flags.joined(separator: " "))\n",
    to: folder + "/onload.pc")
  return path
}

func write(_ text: String, to path: String) {
  guard access(path, R_OK) != 0, let file = fopen(path + ".new", "w") else { return }
  fputs(text, file)
  fclose(file)
  rename(path + ".new", path)
}
