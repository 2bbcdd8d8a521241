import EmulatedAdapter

/// The program that gives the frames that filters ask for to the sockets, and all others to the kernel.
///
/// It writes the fields of a frame to its stack, in the form of `XDPFilterKey`. A few keys are part of the program and
/// compared one by one; of more it looks up, for each set of fields that some filter compares, the key of these alone.
struct XDPProgram {
  /// What the program uses.
  struct Maps {
    /// Keys of filters.
    var filters: Int32
    /// The socket of each queue.
    var sockets: Int32
    /// Frames left to the kernel, a word every 64 bytes for each queue.
    var counts: Int32
  }

  /// Which frames go to the sockets.
  enum Choice: Equatable {
    case nothing
    case everything
    /// Those with one of these keys, at most `mostCompared`. None of them asks for unknown addresses.
    case compared([XDPFilterKey])
    /// Those with a key of one of these sets of fields.
    case filtered([XDPFilterKey.Fields])
  }

  typealias Key = XDPFilterKey
  /// Above this many keys, one lookup of all costs less.
  static let mostCompared = 8

  static let context: UInt8 = 6
  static let at: UInt8 = 7
  static let next: UInt8 = 8
  private static let time: UInt8 = 9
  static let stack = PacketProgram.stack
  static let pass: Int32 = 2

  // Helpers of the kernel.
  private static let lookUp: Int32 = 1
  private static let monotonicTime: Int32 = 5
  private static let redirect: Int32 = 51
  private static let adjustMetadata: Int32 = 54
  static let loadBytes: Int32 = 189

  // Fields of the context.
  static let data = 0
  static let dataEnd = 4
  private static let metadata = 8
  private static let queue = 16

  // Places below the end of the stack.
  static let found = -64
  static let key = -128
  static let room = -176

  var program = PacketProgram()

  /// Whether the time is written in front of frames.
  private var stamps = true

  static func instructions(_ choice: Choice, _ maps: Maps, stamps: Bool = true) -> [PacketProgram.Instruction] {
    var builder = XDPProgram()
    builder.stamps = stamps
    builder.program.apply(.move, context, register: 1)
    switch choice {
    case .nothing: builder.leave(maps)
    case .everything:
      builder.take(maps)
    case .compared(let keys):
      var passed = PacketProgram.Label()
      var redirected = PacketProgram.Label()
      builder.gather(keys.map(\.compared), &passed)
      for key in keys { builder.compare(key, equal: &redirected) }
      builder.program.place(passed)
      builder.leave(maps)
      builder.program.place(redirected)
      builder.take(maps)
    case .filtered(let sets):
      var passed = PacketProgram.Label()
      var redirected = PacketProgram.Label()
      builder.gather(sets, &passed)
      if sets.contains(where: { $0.contains(.unknown) }) { builder.checkKnown(maps) }
      for set in sets.sorted() { builder.lookUp(set, maps, &redirected) }
      builder.program.place(passed)
      builder.leave(maps)
      builder.program.place(redirected)
      builder.take(maps)
    }
    return builder.program.instructions
  }

  /// Counts a frame and leaves it to the kernel.
  private mutating func leave(_ maps: Maps) {
    program.load(.word, 2, Self.context, Self.queue)
    program.apply(.and, 2, 63)
    program.apply(.shiftLeft, 2, 6)
    program.load(valuesOf: maps.counts, 1)
    program.apply(.add, 1, register: 2)
    program.apply(.move, 3, 1)
    program.addAtomically(1, 0, 3)
    program.exit(Self.pass)
  }

  /// Writes the time in front of the frame where there is room, and gives it to the socket of its queue; without a
  /// socket there, to the kernel.
  private mutating func take(_ maps: Maps) {
    if stamps { writeTime() }
    program.load(.word, 2, Self.context, Self.queue)
    program.load(map: maps.sockets, 1)
    program.apply(.move, 3, Self.pass)
    program.call(Self.redirect)
    program.exit()
  }

  private mutating func writeTime() {
    var unstamped = PacketProgram.Label()
    program.call(Self.monotonicTime)
    program.apply(.move, Self.time, register: 0)
    program.apply(.move, 1, register: Self.context)
    program.apply(.move, 2, -Int32(XDPStamp.size))
    program.call(Self.adjustMetadata)
    program.jump(.notEqual, 0, 0, to: &unstamped)
    program.load(.word, 2, Self.context, Self.metadata)
    program.load(.word, 3, Self.context, Self.data)
    program.apply(.move, 1, register: 2)
    program.apply(.add, 1, Int32(XDPStamp.size))
    program.jump(1, above: 3, to: &unstamped)
    program.store(.double, 2, 0, Self.time)
    program.store(.word, 2, 8, value: Int32(bitPattern: XDPStamp.mark))
    program.place(unstamped)
  }

  /// Notes whether the kernel listens to the frame's address.
  private mutating func checkKnown(_ maps: Maps) {
    var known = PacketProgram.Label()
    lookUp(.known, maps, found: &known)
    program.store(.byte, Self.stack, Self.found + Key.group + 1, value: 1)
    program.place(known)
  }

  private mutating func lookUp(_ fields: Key.Fields, _ maps: Maps, _ redirected: inout PacketProgram.Label) {
    var other = PacketProgram.Label()
    if fields.contains(.unknown) {
      program.load(.byte, 1, Self.stack, Self.found + Key.group + 1)
      program.jump(.equal, 1, 0, to: &other)
    }
    lookUp(fields, maps, found: &redirected)
    program.place(other)
  }

  private mutating func lookUp(_ fields: Key.Fields, _ maps: Maps, found label: inout PacketProgram.Label) {
    for place in stride(from: 0, to: Key.size, by: 8) { program.store(.double, Self.stack, Self.key + place, value: 0) }
    program.store(.word, Self.stack, Self.key + Key.fields, value: Int32(bitPattern: fields.rawValue))
    for (place, width) in Self.parts(of: fields) {
      program.load(width, 1, Self.stack, Self.found + place)
      program.store(width, Self.stack, Self.key + place, 1)
    }
    program.load(map: maps.filters, 1)
    program.apply(.move, 2, register: Self.stack)
    program.apply(.add, 2, Int32(Self.key))
    program.call(Self.lookUp)
    program.jump(ifSet: 0, to: &label)
  }

  /// Jumps where the fields of the frame are those of a key.
  private mutating func compare(_ key: Key, equal label: inout PacketProgram.Label) {
    var other = PacketProgram.Label()
    for (place, width) in Self.parts(of: key.compared) {
      program.load(width, 1, Self.stack, Self.found + place)
      program.jump(.notEqual, 1, key.word(at: place, width), to: &other)
    }
    program.jump(to: &label)
    program.place(other)
  }

  /// Where a key has these fields, and how long they are.
  private static func parts(of fields: Key.Fields) -> [(place: Int, width: PacketProgram.Width)] {
    var parts: [(place: Int, width: PacketProgram.Width)] = []
    if fields.contains(.mac) { parts += [(Key.mac, .word), (Key.mac + 4, .half)] }
    if fields.contains(.vlan) { parts.append((Key.vlan, .half)) }
    if fields.contains(.group) { parts.append((Key.group, .byte)) }
    if fields.contains(.etherType) { parts.append((Key.etherType, .half)) }
    if fields.contains(.ipProtocol) { parts.append((Key.ipProtocol, .byte)) }
    if fields.contains(.localPort) { parts.append((Key.localPort, .half)) }
    if fields.contains(.remotePort) { parts.append((Key.remotePort, .half)) }
    for (field, place) in [(Key.Fields.local, Key.local), (.remote, Key.remote)] where fields.contains(field) {
      for word in stride(from: 0, to: 16, by: 4) { parts.append((place + word, .word)) }
    }
    if !fields.isDisjoint(with: [.local, .remote]) { parts.append((Key.family, .byte)) }
    return parts
  }
}
