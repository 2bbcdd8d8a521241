import CLinuxShims
import EmulatedAdapter
import EtherFabric

/// Keeps frames from the kernel's own stack with a program at the interface's tcx ingress hook, which lies behind the
/// taps. The kernel detaches it when its descriptor closes, whichever way the process ends.
struct PacketSteal: ~Copyable {
  private(set) var description = "no"
  private var link: PacketDescriptor?

  /// Puts the matches in place of those before. False, with nothing stolen any more, where that cannot be done.
  mutating func replace(_ matches: [StealMatch], interface: Int32) -> Bool {
    guard !matches.isEmpty else {
      link = nil
      description = "no"
      return true
    }
    guard matches.count <= PacketStealProgram.limit else {
      return refuse("\(matches.count) matches, at most \(PacketStealProgram.limit)")
    }
    let lengths: [Int?] = [nil, 4, 16]
    guard matches.allSatisfy({ lengths.contains($0.localAddress?.count) && lengths.contains($0.remoteAddress?.count) })
    else { return refuse("an address of neither 4 nor 16 bytes") }
    let instructions = PacketStealProgram.instructions(matches)
    let loaded = instructions.withUnsafeBytes {
      packet_program_load($0.baseAddress, UInt32(instructions.count), nil, 0)
    }
    guard loaded >= 0 else { return refuse("bpf(2) \(EtherFabricError.name(of: -loaded))") }
    let program = PacketDescriptor(number: loaded)
    let attached = packet_program_attach(program.number, interface)
    guard attached >= 0 else { return refuse("bpf(2) tcx \(EtherFabricError.name(of: -attached))") }
    // Only now the former program goes: nothing slips through between the two.
    link = PacketDescriptor(number: attached)
    description = "yes, tcx ingress, \(matches.count) \(matches.count == 1 ? "match" : "matches")"
    return true
  }

  private mutating func refuse(_ reason: String) -> Bool {
    link = nil
    description = "no, \(reason)"
    return false
  }
}
