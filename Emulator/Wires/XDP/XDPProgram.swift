import EmulatedAdapter

/// The program that gives the frames that filters ask for to the sockets, and all others to the kernel.
///
/// It writes the fields of a frame to its stack, in the form of `XDPFilterKey`, and looks up, for each set of fields
/// that some filter compares, the key of these fields alone.
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
    /// Those with a key of one of these sets of fields.
    case filtered([XDPFilterKey.Fields])
  }

  typealias Key = XDPFilterKey
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
  private static let data = 0
  private static let metadata = 8
  private static let queue = 16

  // Places below the end of the stack.
  static let found = -64
  static let key = -128
  static let room = -176

  var program = PacketProgram()

  static func instructions(_ choice: Choice, _ maps: Maps) -> [PacketProgram.Instruction] {
    var builder = XDPProgram()
    builder.program.apply(.move, context, register: 1)
    switch choice {
    case .nothing: builder.leave(maps)
    case .everything:
      builder.take(maps)
    case .filtered(let sets):
      var passed = PacketProgram.Label()
      var redirected = PacketProgram.Label()
      builder.gather(&passed)
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
    program.load(.word, 2, Self.context, Self.queue)
    program.load(map: maps.sockets, 1)
    program.apply(.move, 3, Self.pass)
    program.call(Self.redirect)
    program.exit()
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
    let parts: [(Key.Fields, Int, PacketProgram.Width)] = [
      (.mac, Key.mac, .word), (.mac, Key.mac + 4, .half), (.vlan, Key.vlan, .half), (.group, Key.group, .byte),
      (.etherType, Key.etherType, .half), (.ipProtocol, Key.ipProtocol, .byte), (.localPort, Key.localPort, .half),
      (.remotePort, Key.remotePort, .half), (.local, Key.local, .double), (.local, Key.local + 8, .double),
      (.remote, Key.remote, .double), (.remote, Key.remote + 8, .double),
    ]
    for (field, place, width) in parts where fields.contains(field) { compare(width, place) }
    if !fields.isDisjoint(with: [.local, .remote]) { compare(.byte, Key.family) }
    program.load(map: maps.filters, 1)
    program.apply(.move, 2, register: Self.stack)
    program.apply(.add, 2, Int32(Self.key))
    program.call(Self.lookUp)
    program.jump(ifSet: 0, to: &label)
  }

  /// Copies a field into the key.
  private mutating func compare(_ width: PacketProgram.Width, _ place: Int) {
    program.load(width, 1, Self.stack, Self.found + place)
    program.store(width, Self.stack, Self.key + place, 1)
  }
}
