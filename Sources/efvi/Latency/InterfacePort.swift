import EtherFabric
import Glibc

/// A virtual interface with its memory: received frames one at a time, and slots for frames to send.
struct InterfacePort: ~Copyable {
  /// A received frame. Its buffer is the holder's until `recycle`.
  struct Frame {
    let id: RequestID
    let bytes: UnsafeRawBufferPointer
  }

  static let slotSize = 2048
  /// Frames that may be on their way out.
  static let transmitSlots = 64
  /// Frames that the superbufs hold which an interface asks for on EFCT and EF10CT.
  private static let superbufEntries = 2048

  let driver: Driver
  let mode: SendMode
  var interface: VirtualInterface
  /// What the buffers turned out to be.
  let memoryDescription: String
  let memory: MemoryRegistration
  let receiveSlots: Int
  private let isExpress: Bool
  private var events: EventBatch
  private var cursor = 0
  /// Frames that were sent, and those of them that are still to leave an alternative.
  var sent = 0
  var sentAlternatives = 0
  /// Sends that went out by cut-through, and by their fallback.
  private(set) var cutThrough = 0
  private(set) var fallback = 0
  private let ids: UnsafeMutableBufferPointer<RequestID>
  /// Frames that came in pieces or with an error that a discard event tells of.
  private(set) var discarded = 0

  /// - Parameter receiveCapacity: descriptors of the receive ring, 512 to 4096.
  init(_ driver: Driver, receiveCapacity: Int = 512, mode: SendMode = .dma) throws {
    let domain = try driver.allocateProtectionDomain()
    // In superbufs frames come without a buffer of ours.
    let isExpress = driver.identity.generation.datapath.isExpress
    let slots = isExpress ? 0 : receiveCapacity - 8
    let pages = try DMAMemory(byteCount: (slots + Self.transmitSlots) * Self.slotSize, hugePages: .preferred)
    let memory = try MemoryRegistration(domain, pages)
    var interface = try domain.allocateVirtualInterface(
      InterfaceOptions(
        receiveCapacity: isExpress ? max(receiveCapacity, Self.superbufEntries) : receiveCapacity, flags: mode.flags))
    if mode == .pio { try interface.linkPIO(domain.allocatePIO()) }
    if mode == .alternatives {
      let usage = try interface.alternativeOverhead().usage(of: Self.slotSize)
      try interface.allocateAlternatives(Self.alternatives, bytes: Self.alternatives * usage)
    }
    if !isExpress { interface.receiveBufferLength = Self.slotSize }
    for slot in 0..<slots {
      try interface.receiveInit(memory.dmaAddress(slot * Self.slotSize), id: RequestID(slot))
    }
    interface.receivePush()
    self.driver = driver
    self.mode = mode
    self.interface = interface
    self.memory = memory
    receiveSlots = slots
    self.isExpress = isExpress
    memoryDescription =
      (isExpress ? "superbufs" : "\(slots)")
      + " to receive, \(Self.transmitSlots) to send, of \(Self.slotSize) bytes in "
      + (pages.obtainedHugePages ? "huge pages" : "normal pages")
    events = EventBatch(capacity: 32)
    ids = .allocate(capacity: 64)
    ids.initialize(repeating: .none)
  }

  deinit { ids.deallocate() }

  /// The next frame; nil where none has come. Polls once at most.
  mutating func next() throws -> Frame? {
    if let frame = try take() { return frame }
    cursor = 0
    guard interface.poll(&events) > 0 else { return nil }
    return try take()
  }

  private mutating func take() throws -> Frame? {
    while cursor < events.count {
      let event = events[cursor]
      cursor += 1
      switch event {
      case .receive(let packet):
        guard packet.flags.contains(.startOfPacket), !packet.flags.contains(.continues) else {
          discard(packet.id)
          continue
        }
        let prefix = interface.receivePrefixLength
        let start = memory.base + Int(packet.id.rawValue) * Self.slotSize + prefix
        return Frame(id: packet.id, bytes: UnsafeRawBufferPointer(start: start, count: Int(packet.bytes) - prefix))
      case .receiveReference(let packet):
        return Frame(
          id: RequestID(packet.packet),
          bytes: UnsafeRawBufferPointer(start: interface.packet(packet.packet), count: Int(packet.bytes)))
      case .receiveDiscard(let packet): discard(packet.id)
      case .receiveReferenceDiscard(let packet): discard(RequestID(packet.packet))
      case .transmit(let completion):
        let count = interface.unbundle(completion, into: ids)
        if completion.wasCutThrough { cutThrough += count } else { fallback += count }
      case .transmitAlternative: sentAlternatives -= 1
      case .overflow, .reset, .receiveError, .transmitError:
        throw EtherFabricError(
          "InterfacePort.next", errno: EIO, reason: "the adapter reported \(event)", remedy: "Open the device again.")
      default: break
      }
    }
    return nil
  }

  private mutating func discard(_ id: RequestID) {
    discarded += 1
    recycle(id)
  }

  /// Posts the buffer of a frame again, or lets go of the frame.
  mutating func recycle(_ id: RequestID) {
    guard !isExpress else {
      try? interface.release(packet: id.rawValue)
      return
    }
    // There is room: the descriptor of this buffer has just been completed.
    try? interface.receivePost(memory.dmaAddress(Int(id.rawValue) * Self.slotSize), id: id)
  }
}
