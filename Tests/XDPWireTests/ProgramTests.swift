import EmulatedAdapter
import EtherFabric
import Testing

@testable import EmulatedWires

@Suite("The words of the program")
struct ProgramTests {
  private static let maps = XDPProgram.Maps(filters: 7, sockets: 8, counts: 9)

  /// As `llvm-objdump` would show them: code, registers, offset, immediate.
  private func words(_ choice: XDPProgram.Choice) -> [String] {
    XDPProgram.instructions(choice, Self.maps).map {
      let code = String($0.code, radix: 16)
      return "\(code) r\($0.registers & 15) r\($0.registers >> 4) \($0.offset) \($0.immediate)"
    }
  }

  @Test("without filters: each frame is counted by its queue and passes") func nothing() {
    #expect(
      words(.nothing) == [
        "bf r6 r1 0 0",  // r6 = context
        "61 r2 r6 16 0",  // r2 = its receive queue
        "57 r2 r0 0 63",
        "67 r2 r0 0 6",
        "18 r1 r2 0 9", "0 r0 r0 0 0",  // r1 = values of the counts
        "f r1 r2 0 0",
        "b7 r3 r0 0 1",
        "db r1 r3 0 0",  // lock *r1 += 1
        "b7 r0 r0 0 2",  // XDP_PASS
        "95 r0 r0 0 0",
      ])
  }

  @Test("for everything: each frame is stamped and goes to the socket of its queue, else passes") func everything() {
    #expect(
      words(.everything) == [
        "bf r6 r1 0 0",
        "85 r0 r0 0 5",  // bpf_ktime_get_ns
        "bf r9 r0 0 0",
        "bf r1 r6 0 0",
        "b7 r2 r0 0 -16",
        "85 r0 r0 0 54",  // bpf_xdp_adjust_meta
        "56 r0 r0 7 0",
        "61 r2 r6 8 0", "61 r3 r6 0 0",  // metadata, data
        "bf r1 r2 0 0",
        "7 r1 r0 0 16",
        "2d r1 r3 2 0",
        "7b r2 r9 0 0",
        "62 r2 r0 8 1163282008",
        "61 r2 r6 16 0",
        "18 r1 r1 0 8", "0 r0 r0 0 0",  // r1 = sockets
        "b7 r3 r0 0 2",
        "85 r0 r0 0 51",  // bpf_redirect_map
        "95 r0 r0 0 0",
      ])
  }

  @Test("with filters: one lookup for each set of fields, and every jump stays within", arguments: 1...6)
  func filtered(count: Int) {
    let sets: [XDPFilterKey.Fields] = [
      [.mac], [.mac, .vlan], [.etherType, .ipProtocol, .local, .localPort],
      [.etherType, .ipProtocol, .local, .localPort, .remote, .remotePort], [.group], [.group, .unknown],
    ]
    let program = XDPProgram.instructions(.filtered(Array(sets.prefix(count))), Self.maps)
    let isLookup = { (word: PacketProgram.Instruction) in word.code == 0x85 && word.immediate == 1 }
    // The last set looks up what the kernel listens to as well.
    #expect(program.filter(isLookup).count == (count == 6 ? 7 : count))
    for (index, word) in program.enumerated()
    where [5, 6].contains(word.code & 7) && ![0x85, 0x95].contains(word.code) {
      #expect(word.offset >= 0 && index + 1 + Int(word.offset) < program.count)
    }
    #expect(program.last?.code == 0x95)
  }

  @Test("with few filters: no lookup, and as much of the frame is read as they ask for", arguments: [false, true])
  func compared(hasPort: Bool) {
    var match = StealMatch()
    match.destinationMAC = MACAddress("02:03:04:05:06:07")!
    if hasPort { match.localPort = 7000 }
    let program = XDPProgram.instructions(.compared([XDPFilterKey(match)]), Self.maps)
    let calls = program.filter { $0.code == 0x85 }.map(\.immediate)
    #expect(!calls.contains(1))
    #expect(calls.filter { $0 == 189 }.count == (hasPort ? 8 : 1))
    // The address, in two parts.
    let values = program.filter { $0.code == 0x56 }.map { UInt32(bitPattern: $0.immediate) }
    #expect(values.contains(0x0504_0302) && values.contains(0x0706))
    #expect(values.contains(UInt32(UInt16(7000).bigEndian)) == hasPort)
  }

  @Test("a key has each field in its place, in the order of the wire") func key() {
    var match = StealMatch()
    match.destinationMAC = MACAddress("02:03:04:05:06:07")!
    match.vlan = 0xf123
    match.etherType = 0x0800
    match.ipProtocol = 17
    match.localAddress = [10, 0, 0, 1]
    match.remoteAddress = [10, 0, 0, 2]
    match.localPort = 7000
    match.remotePort = 4000
    let zeros = [UInt8](repeating: 0, count: 12)
    #expect(
      XDPFilterKey(match).bytes == [
        255, 0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 5, 6, 7, 1, 0x23, 8, 0, 17, 4, 0x1b, 0x58, 0x0f, 0xa0,
      ]
        + [10, 0, 0, 1] + zeros + [10, 0, 0, 2] + zeros)
    var group = StealMatch()
    group.group = .unknownMulticast
    #expect(XDPFilterKey(group).bytes.prefix(5) == [0, 3, 0, 0, 2])
    #expect(XDPFilterKey(group).compared == [.group, .unknown])
  }
}
