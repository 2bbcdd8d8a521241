import EmulatedAdapter
import Glibc
import NetworkLab
import Testing

@testable import EtherFabric
@testable import EtherFabricEmulator

/// What carries the frames between the port under test and its peer, which is an adapter too.
enum Wire: String, CaseIterable, Codable, Sendable, CustomTestStringConvertible {
  case cable
  case `switch`
  case shm
  case packet
  case xdpNative
  case xdpGeneric
  case tap

  var testDescription: String { rawValue }

  /// Those with an interface in the kernel, which can go down, change and be deleted.
  static let ofTheKernel = allCases.filter(\.isOfTheKernel)
  /// Those whose peer may be another process.
  static let betweenProcesses = allCases.filter { $0 != .cable && $0 != .switch }

  var isOfTheKernel: Bool { hasPair || self == .tap }
  var hasPair: Bool { self == .packet || self == .xdpNative || self == .xdpGeneric }

  /// Device strings of the port under test and of its peer, on a wire of this name.
  func devices(_ name: String) -> (port: String, peer: String) {
    switch self {
    case .cable, .switch, .shm: ("emu:\(rawValue):\(name)/0", "emu:\(rawValue):\(name)/1")
    case .packet: ("emu:afpacket:a0", "emu:afpacket:k0")
    case .xdpNative: ("emu:xdp:a0,attach=native", "emu:afpacket:k0")
    case .xdpGeneric: ("emu:xdp:a0,attach=generic", "emu:afpacket:k0")
    case .tap: ("emu:tap:t0,mtu=1500", "emu:afpacket:t0")
    }
  }

  /// Runs `body` where the wire can be made: in a network of its own if the kernel has a part in it.
  func run(_ body: () throws -> Void) throws {
    guard isOfTheKernel else { return try body() }
    if let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
    try Namespace.run {
      // Otherwise the stack greets its neighbours as soon as an interface is up.
      if let file = fopen("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") {
        fputs("1", file)
        fclose(file)
      }
      try IPTool.run("TroubleTests", "link set lo up")
      try body()
    }
  }
}
