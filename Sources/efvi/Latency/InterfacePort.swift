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

  let driver: Driver
  var interface: VirtualInterface
  /// What the buffers turned out to be.
  let memoryDescription: String
  private let memory: MemoryRegistration
  private let receiveSlots: Int
  private var events: EventBatch
  private var cursor = 0
  private var sent = 0
  private let ids: UnsafeMutableBufferPointer<RequestID>
  /// Frames that came in pieces or with an error that a discard event tells of.
  private(set) var discarded = 0

  /// - Parameter receiveCapacity: descriptors of the receive ring, 512 to 4096.
  init(_ driver: Driver, receiveCapacity: Int = 512) throws {
    let domain = try driver.allocateProtectionDomain()
    let slots = receiveCapacity - 8
    let pages = try DMAMemory(byteCount: (slots + Self.transmitSlots) * Self.slotSize, hugePages: .preferred)
    let memory = try MemoryRegistration(domain, pages)
    var interface = try domain.allocateVirtualInterface(InterfaceOptions(receiveCapacity: receiveCapacity))
    interface.receiveBufferLength = Self.slotSize
    for slot in 0..<slots {
      try interface.receiveInit(memory.dmaAddress(slot * Self.slotSize), id: RequestID(slot))
    }
    interface.receivePush()
    self.driver = driver
    self.interface = interface
    self.memory = memory
    receiveSlots = slots
    memoryDescription =
      "\(slots) to receive, \(Self.transmitSlots) to send, of \(Self.slotSize) bytes in "
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
      case .receiveDiscard(let packet): discard(packet.id)
      case .transmit(let completion): _ = interface.unbundle(completion, into: ids)
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

  /// Posts the buffer of a frame again.
  mutating func recycle(_ id: RequestID) {
    // There is room: the descriptor of this buffer has just been completed.
    try? interface.receivePost(memory.dmaAddress(Int(id.rawValue) * Self.slotSize), id: id)
  }

  /// Room for a frame to send; nil while all slots are on their way.
  func transmitSlot() -> UnsafeMutableRawBufferPointer? {
    guard interface.transmitFillLevel < Self.transmitSlots else { return nil }
    return UnsafeMutableRawBufferPointer(start: memory.base + transmitOffset, count: Self.slotSize)
  }

  /// Sends the frame of `length` bytes in the slot that `transmitSlot` gave.
  mutating func transmit(_ length: Int) throws {
    try interface.transmit(memory.dmaAddress(transmitOffset), length: length, id: RequestID(sent))
    sent &+= 1
  }

  private var transmitOffset: Int { (receiveSlots + sent % Self.transmitSlots) * Self.slotSize }
}
