extension XDPProgram {
  /// Writes the fields of the frame to the stack, as far as one of the sets asks for them.
  mutating func gather(_ sets: [Key.Fields], _ passed: inout PacketProgram.Label) {
    for place in stride(from: Self.found, to: 0, by: 8) { program.store(.double, Self.stack, place, value: 0) }
    program.apply(.move, Self.at, 0)
    copy(to: Self.room, 14, else: &passed)
    program.apply(.move, Self.at, 14)
    move(.word, Self.room, to: Key.mac)
    move(.half, Self.room + 4, to: Key.mac + 4)
    program.load(.byte, 1, Self.stack, Self.room)
    program.apply(.and, 1, 1)
    program.apply(.add, 1, 1)
    program.store(.byte, Self.stack, Self.found + Key.group, 1)
    guard sets.contains(where: { !$0.isSubset(of: [.mac, .group, .unknown]) }) else { return }
    program.load(.half, Self.next, Self.stack, Self.room + 12)

    var addresses = PacketProgram.Label()
    var done = PacketProgram.Label()
    for tag in 0..<2 { skipTag(isOuter: tag == 0, untagged: &addresses, else: &done) }
    program.place(addresses)
    program.store(.half, Self.stack, Self.found + Key.etherType, Self.next)
    var version4 = PacketProgram.Label()
    var version6 = PacketProgram.Label()
    program.jump(.equal, Self.next, UInt32(UInt16(0x0800).bigEndian), to: &version4)
    program.jump(.equal, Self.next, UInt32(UInt16(0x86dd).bigEndian), to: &version6)
    program.jump(to: &done)
    var ports = PacketProgram.Label()
    program.place(version4)
    gather4(&ports, &done)
    program.place(version6)
    gather6(&done)
    program.place(ports)
    gatherPorts(&done)
    program.place(done)
  }

  /// Goes past a tag, if there is one, and notes the outer one's number.
  private mutating func skipTag(
    isOuter: Bool, untagged: inout PacketProgram.Label, else done: inout PacketProgram.Label
  ) {
    var tagged = PacketProgram.Label()
    program.jump(.equal, Self.next, UInt32(UInt16(0x8100).bigEndian), to: &tagged)
    program.jump(.notEqual, Self.next, UInt32(UInt16(0x88a8).bigEndian), to: &untagged)
    program.place(tagged)
    copy(to: Self.room, 4, else: &done)
    program.apply(.add, Self.at, 4)
    if isOuter {
      program.load(.half, 1, Self.stack, Self.room)
      program.apply(.and, 1, Int32(UInt16(0x0fff).bigEndian))
      program.store(.half, Self.stack, Self.found + Key.vlan, 1)
    }
    program.load(.half, Self.next, Self.stack, Self.room + 2)
  }

  private mutating func gather4(_ ports: inout PacketProgram.Label, _ done: inout PacketProgram.Label) {
    copy(to: Self.room, 20, else: &done)
    program.load(.byte, 2, Self.stack, Self.room)
    program.apply(.and, 2, 15)
    program.jump(.below, 2, 5, to: &done)
    // A fragment matches no filter above Ethernet.
    program.load(.half, 1, Self.stack, Self.room + 6)
    program.apply(.and, 1, Int32(UInt16(0x3fff).bigEndian))
    program.jump(.notEqual, 1, 0, to: &done)
    program.apply(.shiftLeft, 2, 2)
    program.apply(.add, Self.at, register: 2)
    program.store(.byte, Self.stack, Self.found + Key.family, value: 4)
    program.load(.byte, Self.next, Self.stack, Self.room + 9)
    move(.word, Self.room + 16, to: Key.local)
    move(.word, Self.room + 12, to: Key.remote)
    program.jump(to: &ports)
  }

  private mutating func gather6(_ done: inout PacketProgram.Label) {
    copy(to: Self.room, 40, else: &done)
    program.apply(.add, Self.at, 40)
    program.store(.byte, Self.stack, Self.found + Key.family, value: 6)
    for word in [0, 8] {
      move(.double, Self.room + 24 + word, to: Key.local + word)
      move(.double, Self.room + 8 + word, to: Key.remote + word)
    }
    program.load(.byte, Self.next, Self.stack, Self.room + 6)
    // Hop-by-hop and destination options.
    for _ in 0..<2 {
      var plain = PacketProgram.Label()
      var option = PacketProgram.Label()
      program.jump(.equal, Self.next, 0, to: &option)
      program.jump(.notEqual, Self.next, 60, to: &plain)
      program.place(option)
      copy(to: Self.room, 2, else: &done)
      program.load(.byte, Self.next, Self.stack, Self.room)
      program.load(.byte, 1, Self.stack, Self.room + 1)
      program.apply(.add, 1, 1)
      program.apply(.shiftLeft, 1, 3)
      program.apply(.add, Self.at, register: 1)
      program.place(plain)
    }
  }

  /// Notes the protocol, and the ports of TCP and UDP.
  private mutating func gatherPorts(_ done: inout PacketProgram.Label) {
    program.store(.byte, Self.stack, Self.found + Key.ipProtocol, Self.next)
    var known = PacketProgram.Label()
    program.jump(.equal, Self.next, 6, to: &known)
    program.jump(.notEqual, Self.next, 17, to: &done)
    program.place(known)
    copy(to: Self.room, 4, else: &done)
    move(.half, Self.room + 2, to: Key.localPort)
    move(.half, Self.room, to: Key.remotePort)
  }

  /// Copies a field of the frame from the room to the fields.
  private mutating func move(_ width: PacketProgram.Width, _ place: Int, to field: Int) {
    program.load(width, 1, Self.stack, place)
    program.store(width, Self.stack, Self.found + field, 1)
  }

  /// Copies `count` bytes of the frame to the stack: from its first piece, or where they are not there with the help of
  /// the kernel, which costs more.
  private mutating func copy(to place: Int, _ count: Int32, else label: inout PacketProgram.Label) {
    var elsewhere = PacketProgram.Label()
    var copied = PacketProgram.Label()
    program.load(.word, 1, Self.context, Self.data)
    program.load(.word, 2, Self.context, Self.dataEnd)
    program.apply(.add, 1, register: Self.at)
    program.apply(.move, 3, register: 1)
    program.apply(.add, 3, count)
    program.jump(3, above: 2, to: &elsewhere)
    var from = 0
    for (width, size) in [(PacketProgram.Width.double, 8), (.word, 4), (.half, 2)] {
      while Int(count) - from >= size {
        program.load(width, 3, 1, from)
        program.store(width, Self.stack, place + from, 3)
        from += size
      }
    }
    program.jump(to: &copied)
    program.place(elsewhere)
    program.apply(.move, 1, register: Self.context)
    program.apply(.move, 2, register: Self.at)
    program.apply(.move, 3, register: Self.stack)
    program.apply(.add, 3, Int32(place))
    program.apply(.move, 4, count)
    program.call(Self.loadBytes)
    program.jump(.notEqual, 0, 0, to: &label)
    program.place(copied)
  }
}
