import EmulatedAdapter
import EtherFabric

/// The program that drops, behind the taps and in front of the kernel's stack, the frames that filters take.
///
/// It first copies what can be compared to its stack, then compares it with one match after the other.
enum PacketStealProgram {
  /// Most matches in one program.
  static let limit = 64

  private static let context: UInt8 = 6
  private static let transport: UInt8 = 7
  private static let drop: Int32 = 2
  private static let next: Int32 = -1
  private static let loadBytes: Int32 = 26

  // Fields of the context.
  private static let vlanPresent = 20
  private static let vlanTCI = 24

  // Places below the end of the stack.
  private static let ip = -128
  private static let ports = -80
  private static let ethernet = -64
  private static let vlan = -48
  private static let family = -44
  private static let ipProtocol = -40
  private static let hasPorts = -36
  /// VLAN 0 is a frame without a tag, which filters do not tell from a priority tag.
  private static let none: UInt32 = 0

  static func instructions(_ matches: [StealMatch]) -> [PacketProgram.Instruction] {
    var program = PacketProgram()
    var passed = PacketProgram.Label()
    gather(&program, &passed)
    for match in matches { compare(match, &program) }
    program.place(passed)
    program.exit(next)
    return program.instructions
  }

  /// Copies `count` bytes of the frame from the offset in register 2 to the stack.
  private static func copy(
    _ program: inout PacketProgram, to place: Int, _ count: Int32, else label: inout PacketProgram.Label
  ) {
    program.apply(.move, 1, register: context)
    program.apply(.move, 3, register: PacketProgram.stack)
    program.apply(.add, 3, Int32(place))
    program.apply(.move, 4, count)
    program.call(loadBytes)
    program.jump(.notEqual, 0, 0, to: &label)
  }

  private static func gather(_ program: inout PacketProgram, _ passed: inout PacketProgram.Label) {
    let stack = PacketProgram.stack
    program.apply(.move, context, register: 1)
    program.apply(.move, 1, 0)
    for place in stride(from: ip, to: 0, by: 8) { program.store(.double, stack, place, 1) }

    program.apply(.move, 2, 0)
    copy(&program, to: ethernet, 14, else: &passed)

    // The tag is beside the frame, not in it.
    var untagged = PacketProgram.Label()
    program.apply(.move, 2, Int32(none))
    program.load(.word, 1, context, vlanPresent)
    program.jump(.equal, 1, 0, to: &untagged)
    program.load(.word, 2, context, vlanTCI)
    program.apply(.and, 2, 0xfff)
    program.place(untagged)
    program.store(.word, stack, vlan, 2)

    var version4 = PacketProgram.Label()
    var version6 = PacketProgram.Label()
    var done = PacketProgram.Label()
    program.load(.half, 1, stack, ethernet + 12)
    program.jump(.equal, 1, UInt32(UInt16(0x0800).bigEndian), to: &version4)
    program.jump(.equal, 1, UInt32(UInt16(0x86dd).bigEndian), to: &version6)
    program.jump(to: &done)

    program.place(version4)
    program.apply(.move, 2, 14)
    copy(&program, to: ip, 20, else: &done)
    program.load(.byte, transport, stack, ip)
    program.apply(.and, transport, 15)
    program.jump(.below, transport, 5, to: &done)
    program.apply(.shiftLeft, transport, 2)
    program.apply(.add, transport, 14)
    mark(&program, family: 4, protocolAt: ip + 9)
    // A fragment has no ports to compare.
    var portsFollow = PacketProgram.Label()
    program.load(.half, 1, stack, ip + 6)
    program.apply(.and, 1, Int32(UInt16(0x3fff).bigEndian))
    program.jump(.notEqual, 1, 0, to: &done)
    program.jump(to: &portsFollow)

    program.place(version6)
    program.apply(.move, 2, 14)
    copy(&program, to: ip, 40, else: &done)
    program.apply(.move, transport, 54)
    mark(&program, family: 6, protocolAt: ip + 6)

    program.place(portsFollow)
    var knownProtocol = PacketProgram.Label()
    program.load(.word, 1, stack, ipProtocol)
    program.jump(.equal, 1, 6, to: &knownProtocol)
    program.jump(.notEqual, 1, 17, to: &done)
    program.place(knownProtocol)
    program.apply(.move, 2, register: transport)
    copy(&program, to: ports, 4, else: &done)
    program.apply(.move, 1, 1)
    program.store(.word, stack, hasPorts, 1)
    program.place(done)
  }

  private static func mark(_ program: inout PacketProgram, family version: Int32, protocolAt place: Int) {
    program.apply(.move, 1, version)
    program.store(.word, PacketProgram.stack, family, 1)
    program.load(.byte, 1, PacketProgram.stack, place)
    program.store(.word, PacketProgram.stack, ipProtocol, 1)
  }

  private static func compare(_ match: StealMatch, _ program: inout PacketProgram) {
    var other = PacketProgram.Label()
    func expect(_ width: PacketProgram.Width, _ place: Int, _ value: UInt32) {
      program.load(width, 1, PacketProgram.stack, place)
      program.jump(.notEqual, 1, value, to: &other)
    }
    if let mac = match.destinationMAC?.bytes {
      expect(.word, ethernet, word(mac[...]))
      expect(.half, ethernet + 4, UInt32(mac[4]) | UInt32(mac[5]) << 8)
    }
    if let vlan = match.vlan { expect(.word, Self.vlan, UInt32(vlan & 0xfff)) }
    if let etherType = match.etherType { expect(.half, ethernet + 12, UInt32(etherType.bigEndian)) }
    if let number = match.ipProtocol {
      program.load(.word, 1, PacketProgram.stack, family)
      program.jump(.equal, 1, 0, to: &other)
      expect(.word, ipProtocol, UInt32(number))
    }
    for (address, place4, place6) in [(match.localAddress, 16, 24), (match.remoteAddress, 12, 8)] {
      guard let address else { continue }
      expect(.word, family, address.count == 4 ? 4 : 6)
      for at in stride(from: 0, to: address.count, by: 4) {
        expect(.word, ip + (address.count == 4 ? place4 : place6) + at, word(address[at...]))
      }
    }
    if match.localPort != nil || match.remotePort != nil { expect(.word, hasPorts, 1) }
    if let port = match.remotePort { expect(.half, ports, UInt32(port.bigEndian)) }
    if let port = match.localPort { expect(.half, ports + 2, UInt32(port.bigEndian)) }
    program.exit(drop)
    program.place(other)
  }

  /// Four bytes as the machine loads them.
  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.prefix(4).enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
  }
}
