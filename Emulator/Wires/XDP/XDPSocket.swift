import CLinuxShims
import EtherFabric
import Glibc

/// A mapped ring, unmapped with its owner: the mapping alone would keep the socket and its queue bound.
struct XDPRingMapping: ~Copyable {
  let memory: xdp_ring_memory

  init(_ socket: Int32, _ kind: xdp_ring_kind, entries: Int, _ name: String) throws(EtherFabricError) {
    var memory = xdp_ring_memory()
    _ = try XDPOpening.check(
      xdp_ring_map(socket, kind, UInt32(entries), &memory), "make a ring of \(entries) entries", name)
    self.memory = memory
  }

  deinit { munmap(memory.base, Int(memory.size)) }
}

/// The rings of a socket, as they are mapped.
struct XDPRings: ~Copyable {
  let fill: XDPRingMapping
  let completion: XDPRingMapping
  let receive: XDPRingMapping
  /// Of a socket that sends.
  let transmit: XDPRingMapping?
}

/// A socket of one receive queue with its memory and rings. The first of a wire sends too.
///
/// It changes only while it is made and bound, and when another takes its place: by whoever holds the port.
final class XDPSocket: @unchecked Sendable {
  let queue: Int
  let layout: XDPMemoryLayout
  /// Whether the socket has metadata in front of what it sends.
  let hasMetadata: Bool
  private(set) var isZerocopy = false
  private(set) var takesMultiBuffer = false
  /// Why the socket is not bound without copies though that was tried; 0 where it was not, or is.
  private(set) var zerocopyRefusal: Int32 = 0

  private let receive: xdp_ring_memory
  private let fill: xdp_ring_memory
  private let completion: xdp_ring_memory
  private let transmit: xdp_ring_memory?
  private var rings: XDPRings?
  private var descriptor: PacketDescriptor
  private let memory: XDPMemory

  convenience init(queue: Int, layout: XDPMemoryLayout, name: String) throws(EtherFabricError) {
    try self.init(queue: queue, memory: try XDPMemory(layout), name: name)
  }

  init(queue: Int, memory: consuming XDPMemory, name: String) throws(EtherFabricError) {
    self.queue = queue
    let layout = memory.layout
    self.layout = layout
    let descriptor = PacketDescriptor(number: try XDPOpening.check(xdp_socket_open(), "open an XDP socket", name))
    let fd = descriptor.number
    let sends = layout.transmitChunks > 0
    hasMetadata = try Self.register(memory, fd, sends: sends, name)
    let fill = try XDPRingMapping(fd, xdp_ring_fill, entries: layout.receiveChunks, name)
    let completion = try XDPRingMapping(fd, xdp_ring_completion, entries: max(layout.transmitChunks, 64), name)
    let receive = try XDPRingMapping(fd, xdp_ring_receive, entries: layout.receiveChunks, name)
    (self.receive, self.fill, self.completion) = (receive.memory, fill.memory, completion.memory)
    if sends {
      let transmit = try XDPRingMapping(fd, xdp_ring_transmit, entries: layout.transmitChunks, name)
      self.transmit = transmit.memory
      rings = XDPRings(fill: fill, completion: completion, receive: receive, transmit: transmit)
      // What one call sends at most, where the kernel lets it be chosen.
      budget = xdp_socket_budget(fd, Int32(layout.transmitChunks)) == 0 ? layout.transmitChunks : Self.plainBudget
      _ = packet_socket_buffer(fd, 0, 8 << 20)
    } else {
      transmit = nil
      rings = XDPRings(fill: fill, completion: completion, receive: receive, transmit: nil)
      budget = 0
    }
    self.memory = memory
    self.descriptor = descriptor
  }

  /// Frames that one call sends at most.
  let budget: Int
  private static let plainBudget = 32

  /// Tells the kernel of the memory, with room for metadata where it knows of that. Returns whether it does.
  private static func register(
    _ memory: borrowing XDPMemory, _ fd: Int32, sends: Bool, _ name: String
  ) throws(EtherFabricError) -> Bool {
    let (base, size) = (memory.base, UInt64(memory.size))
    let chunk = UInt32(memory.layout.chunkSize)
    // Buffers of the user begin anywhere.
    let places = memory.layout.userSize > 0 ? UInt32(xdp_umem_unaligned) : 0
    if sends {
      let flags = places | UInt32(xdp_umem_metadata_length)
      let metadata = UInt32(XDPMemoryLayout.transmitMetadata)
      if xdp_umem_register(fd, base, size, chunk, flags, metadata) == 0 { return true }
    }
    _ = try XDPOpening.check(
      xdp_umem_register(fd, base, size, chunk, places, 0), "register \(size) bytes of frame memory", name)
    return false
  }

  var number: Int32 { descriptor.number }
  var hasHugePages: Bool { memory.hasHugePages }
  var base: UnsafeMutableRawPointer { memory.base }

  /// Binds to the queue, without copies where that is wanted and can be had.
  func bind(_ interface: PacketInterface, zerocopy: Bool, needWakeup: Bool) throws(EtherFabricError) {
    let wakeup = needWakeup ? xdp_bind_need_wakeup : 0
    if zerocopy {
      zerocopyRefusal = -bindWithPieces(interface, xdp_bind_zerocopy | wakeup)
      if zerocopyRefusal == 0 {
        isZerocopy = xdp_socket_is_zerocopy(number) == 1
        return
      }
    }
    // A frame in the user's memory is in one piece.
    let isWhole = layout.userSize > 0
    let status =
      isWhole
      ? bind(interface, xdp_bind_copy | wakeup) : bindWithPieces(interface, xdp_bind_copy | wakeup)
    _ = try XDPOpening.check(status, "bind to queue \(queue)", interface.name)
  }

  /// For frames in several pieces where they can be had: kernels before 6.6 and some drivers know of none.
  private func bindWithPieces(_ interface: PacketInterface, _ flags: Int) -> Int32 {
    let status = bind(interface, flags | xdp_bind_multi_buffer)
    takesMultiBuffer = status == 0
    return status == -EINVAL || status == -EOPNOTSUPP ? bind(interface, flags) : status
  }

  /// A socket that was closed a moment ago gives its queue back a little later.
  private func bind(_ interface: PacketInterface, _ flags: Int) -> Int32 {
    var status: Int32 = 0
    for _ in 0..<500 {
      status = xdp_socket_bind(number, interface.index, UInt32(queue), UInt16(flags))
      guard status == -EBUSY else { break }
      usleep(1000)
    }
    return status
  }

  /// Gives the descriptor of another socket to this one; the kernel closes the other, and writes no more to its memory
  /// once this returns.
  func takePlace(of other: XDPSocket) throws(EtherFabricError) {
    // The mappings would keep it.
    other.rings = nil
    let status = xdp_descriptor_replace(descriptor.number, other.descriptor.number)
    swap(&descriptor, &other.descriptor)
    _ = try XDPOpening.check(status, "replace a socket", "queue \(queue)")
  }

  /// What the datapath needs, with every receive chunk in the fill ring, unless buffers are lent.
  func makeQueue() -> XDPQueue {
    var fillRing = XDPRing(fill, entries: layout.receiveChunks)
    for chunk in 0..<(layout.userSize == 0 ? layout.receiveChunks : 0) {
      fillRing.address(fillRing.produced).pointee = UInt64(chunk * layout.chunkSize)
      fillRing.produced &+= 1
    }
    fillRing.publishProduced()
    return XDPQueue(
      socket: number, base: memory.base, chunkMask: UInt64(layout.chunkSize - 1),
      receive: XDPRing(receive, entries: layout.receiveChunks), fill: fillRing)
  }

  /// Forgets the times in front of received frames.
  func clearStamps() {
    for chunk in 0..<layout.receiveChunks {
      let frame = memory.base + (chunk * layout.chunkSize + XDPMemoryLayout.receiveHeadroom)
      (frame - XDPStamp.size).storeBytes(of: 0, toByteOffset: 8, as: UInt32.self)
    }
  }

  /// The same for sending; only of a socket that sends.
  func makeSender() -> XDPSender? {
    guard let memory = transmit else { return nil }
    return XDPSender(
      socket: number, base: base, layout: layout, budget: budget, isZerocopy: isZerocopy,
      ring: XDPRing(memory, entries: layout.transmitChunks),
      completion: XDPRing(completion, entries: max(layout.transmitChunks, 64)))
  }
}
