// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "swift-etherfabric", path: "..")],
  targets: [
    .target(name: "CBaseline", linkerSettings: [.linkedLibrary("pcap")]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "CBaseline",
        .product(name: "EtherFabric", package: "swift-etherfabric"),
        .product(name: "NetworkLab", package: "swift-etherfabric"),
      ]),
  ]
)
