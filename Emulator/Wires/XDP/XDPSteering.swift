import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc

/// The program at the interface with its maps: which frames go to the sockets. The kernel detaches it when its
/// descriptor closes, whichever way the process ends.
struct XDPSteering: ~Copyable {
  /// How the program runs.
  enum Mode: String {
    case native
    case generic
  }

  let mode: Mode
  /// Why the driver does not run it though that was tried; 0 where it was not, or does.
  let nativeRefusal: Int32
  /// Whether frames in several pieces pass.
  let takesPieces: Bool
  private(set) var description = "none, all frames go to the kernel"

  private let maps: XDPProgram.Maps
  private let filters: PacketDescriptor
  private let sockets: PacketDescriptor
  private let counts: PacketDescriptor
  private let link: PacketDescriptor
  private var keys: Set<XDPFilterKey> = []
  private var choice = XDPProgram.Choice.nothing
  /// Whether the program writes the time in front of frames.
  private var stamps = false

  /// Most filters that are told apart; with more the adapter gets every frame.
  static let limit = 16384

  /// Attaches a program that leaves everything to the kernel.
  init(_ interface: PacketInterface, attach: XDPWireOptions.Attach, queues: Int) throws(EtherFabricError) {
    let name = interface.name
    let filters = try Self.map(xdp_map_of_filters(UInt32(XDPFilterKey.size), UInt32(Self.limit)), name)
    let sockets = try Self.map(xdp_map_of_sockets(UInt32(queues)), name)
    let counts = try Self.map(xdp_map_of_counts(UInt32(XDPState.passedSize)), name)
    let maps = XDPProgram.Maps(filters: filters.number, sockets: sockets.number, counts: counts.number)
    var attached: Int32 = -EOPNOTSUPP
    var refusal: Int32 = 0
    var pieces = false
    if attach != .generic {
      // Kernels before 5.18 know of no programs for frames in pieces.
      let first = Self.load(.nothing, maps, pieces: true, stamps: false)
      pieces = first >= 0
      let program = try Self.check(pieces ? first : Self.load(.nothing, maps, pieces: false, stamps: false), name)
      attached = Self.attach(program.number, interface, UInt32(xdp_attach_native))
      refusal = attached < 0 ? -attached : 0
    }
    let mode = attached >= 0 ? Mode.native : .generic
    if attached < 0, attached != -EBUSY {
      // The kernel puts a frame together for a program that knows of no pieces; for one that does it copies each frame
      // to pages of its own first.
      pieces = false
      let program = try Self.check(Self.load(.nothing, maps, pieces: false, stamps: false), name)
      attached = Self.attach(program.number, interface, UInt32(xdp_attach_generic))
    }
    let link = PacketDescriptor(number: try XDPOpening.check(attached, "attach an XDP program", name))
    self.mode = mode
    nativeRefusal = refusal
    takesPieces = pieces
    self.maps = maps
    self.filters = filters
    self.sockets = sockets
    self.counts = counts
    self.link = link
  }

  private static func map(_ result: Int32, _ name: String) throws(EtherFabricError) -> PacketDescriptor {
    PacketDescriptor(number: try XDPOpening.check(result, "make a BPF map", name))
  }

  private static func check(_ loaded: Int32, _ name: String) throws(EtherFabricError) -> PacketDescriptor {
    PacketDescriptor(number: try XDPOpening.check(loaded, "load an XDP program", name))
  }

  private static func load(
    _ choice: XDPProgram.Choice, _ maps: XDPProgram.Maps, pieces: Bool, stamps: Bool
  ) -> Int32 {
    let instructions = XDPProgram.instructions(choice, maps, stamps: stamps)
    return instructions.withUnsafeBytes {
      xdp_program_load($0.baseAddress, UInt32(instructions.count), pieces ? 1 : 0, nil, 0)
    }
  }

  /// A program that was detached a moment ago may still be on its way out.
  private static func attach(_ program: Int32, _ interface: PacketInterface, _ flags: UInt32) -> Int32 {
    var result: Int32 = 0
    for _ in 0..<20 {
      result = xdp_link_create(program, interface.index, flags)
      guard result == -EBUSY || result == -EEXIST else { break }
      usleep(1000)
    }
    return result
  }

  /// The page of the counts of frames left to the kernel.
  func mapCounts(_ name: String) throws(EtherFabricError) -> PacketMapping {
    let size = XDPState.passedSize
    guard let base = mmap(nil, size, PROT_READ, MAP_SHARED, counts.number, 0), base != MAP_FAILED else {
      throw XDPOpening.error(errno, "map a BPF map", name)
    }
    return PacketMapping(base: base, size: size)
  }

  /// Gives the frames of a queue to a socket.
  func connect(_ socket: XDPSocket, _ name: String) throws(EtherFabricError) {
    var queue = UInt32(socket.queue)
    var number = socket.number
    _ = try XDPOpening.check(
      xdp_map_put(sockets.number, &queue, &number), "connect queue \(socket.queue)", name)
  }

  /// Gives the frames of a queue to the kernel.
  func disconnect(_ queue: Int) {
    var queue = UInt32(queue)
    _ = xdp_map_remove(sockets.number, &queue)
  }

  /// Has the program write the time in front of frames, or nothing. Returns an errno.
  mutating func stamp(_ stamps: Bool) -> Int32 {
    guard stamps != self.stamps else { return 0 }
    self.stamps = stamps
    let status = put(choice)
    if status != 0 { self.stamps = !stamps }
    return status
  }

  /// Gives exactly the wanted frames to the sockets. False where the kernel refuses; then they get every frame, which
  /// is safe: the adapter's filters look at each.
  mutating func replace(_ wanted: WantedFrames) -> Bool {
    guard !wanted.isEverything else { return switchTo(.everything, "every frame") }
    let new = Set(wanted.matches.map { XDPFilterKey($0) })
    guard !new.isEmpty else { return switchTo(.nothing, "none, all frames go to the kernel") && replace(keys: []) }
    let sets = Set(new.map(\.compared))
    let words = "what \(new.count) \(new.count == 1 ? "filter asks" : "filters ask") for"
    if new.count <= XDPProgram.mostCompared, sets.allSatisfy({ !$0.isEmpty && !$0.contains(.unknown) }) {
      let keys = new.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
      return switchTo(.compared(keys), words) && replace(keys: [])
    }
    let known = sets.contains { $0.contains(.unknown) } ? wanted.known.map { XDPFilterKey(known: $0) } : []
    let all = new.union(known)
    guard all.count <= Self.limit, add(all.subtracting(keys)) else {
      return switchTo(.everything, "every frame: too many filters to tell apart")
    }
    guard switchTo(.filtered(sets.sorted()), words) else { return false }
    return replace(keys: all)
  }

  private mutating func add(_ new: Set<XDPFilterKey>) -> Bool {
    for key in new {
      var value: UInt32 = 1
      guard key.bytes.withUnsafeBytes({ xdp_map_put(filters.number, $0.baseAddress, &value) }) >= 0 else {
        return false
      }
      keys.insert(key)
    }
    return true
  }

  /// Forgets the keys that are no longer among those wanted.
  private mutating func replace(keys new: Set<XDPFilterKey>) -> Bool {
    for key in keys.subtracting(new) {
      _ = key.bytes.withUnsafeBytes { xdp_map_remove(filters.number, $0.baseAddress) }
    }
    keys = new
    return true
  }

  /// Puts another program in the place of the one that runs, between two frames.
  private mutating func switchTo(_ new: XDPProgram.Choice, _ words: String) -> Bool {
    description = words
    guard new != choice else { return true }
    let status = put(new)
    guard status == 0 else { return fail(new, status) }
    choice = new
    return true
  }

  /// Returns an errno.
  private func put(_ new: XDPProgram.Choice) -> Int32 {
    let loaded = Self.load(new, maps, pieces: takesPieces, stamps: stamps)
    guard loaded >= 0 else { return -loaded }
    let program = PacketDescriptor(number: loaded)
    return max(0, -xdp_link_update(link.number, program.number))
  }

  private mutating func fail(_ new: XDPProgram.Choice, _ number: Int32) -> Bool {
    let words = "every frame: bpf(2) \(EtherFabricError.name(of: number))"
    if new != .everything { _ = switchTo(.everything, words) }
    description = words
    return false
  }
}
