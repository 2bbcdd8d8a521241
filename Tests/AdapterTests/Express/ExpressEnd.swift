import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// One end of a cable, by the API: an interface of any generation that sends and receives frames with numbers in them.
final class ExpressEnd {
  let driver: Driver
  let adapter: EmulatedAdapter
  let memory: MemoryRegistration
  var interface: VirtualInterface
  var events = EventBatch(capacity: 32)
  var ids = [RequestID](repeating: .none, count: 64)
  /// Frames sent, and completed in their order.
  var sent = 0
  var completed = 0
  /// Events that were neither frames nor completions.
  var others: [Event] = []

  private let expected = UnsafeMutableRawPointer.allocate(byteCount: 2048, alignment: 64)

  deinit { expected.deallocate() }

  /// A frame that was received, by what it says of itself.
  struct Frame {
    var packet: UInt32
    var number: Int
    var isWhole: Bool
  }

  /// - Parameter count: transmit buffers.
  init(
    _ device: String, _ options: InterfaceOptions = InterfaceOptions(receiveCapacity: 1024), express: Bool = false
  ) throws {
    driver = try Driver.open(device)
    adapter = try #require(driver.backend as? EmulatedAdapter)
    let domain = try driver.allocateProtectionDomain(flags: express ? .express : [])
    memory = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 16))
    interface = try domain.allocateVirtualInterface(options)
  }

  /// The length of a frame with a number: 60 to 1982 bytes.
  static func length(_ number: Int) -> Int { 60 + number * 7919 % 1923 }

  private static func fill(_ number: Int) -> Int32 { Int32(UInt8(truncatingIfNeeded: number)) }

  /// Sends the next frame to an address. It tells its number, and its bytes depend on it.
  func send(to mac: MACAddress) throws {
    let length = Self.length(sent)
    let place = sent % 32 * 2048
    let bytes = memory.base + place
    mac.store(to: bytes)
    driver.identity.macAddress.store(to: bytes + 6)
    bytes.storeBytes(of: UInt16(0x88b5).bigEndian, toByteOffset: 12, as: UInt16.self)
    bytes.storeBytes(of: UInt32(sent), toByteOffset: 16, as: UInt32.self)
    memset(bytes + 20, Self.fill(sent), length - 20)
    try interface.transmit(memory.dmaAddress(place), length: length, id: RequestID(sent))
    sent += 1
  }

  /// Polls once: completions are checked and counted, frames returned.
  func poll() -> [Frame] {
    interface.poll(&events)
    var frames: [Frame] = []
    for index in events.indices {
      switch events[index] {
      case .transmit(let event):
        let count = unbundle(event)
        let isInOrder = (0..<count).allSatisfy { ids[$0] == RequestID(completed + $0) }
        if !isInOrder { others.append(events[index]) }
        completed += count
      case .transmitTimestamp(let event):
        if event.id != RequestID(completed) { others.append(events[index]) }
        completed += 1
      case .receiveReference(let reference): frames.append(read(reference))
      case let event: others.append(event)
      }
    }
    return frames
  }

  private func unbundle(_ event: Event.Transmit) -> Int {
    var given = [RequestID](repeating: .none, count: 64)
    let count = given.withUnsafeMutableBufferPointer { interface.unbundle(event, into: $0) }
    ids = given
    return count
  }

  private func read(_ reference: Event.ReceiveReference) -> Frame {
    let bytes = interface.packet(reference.packet)
    let number = Int(bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    let length = Self.length(number)
    memset(expected, Self.fill(number), length)
    let isWhole = Int(reference.bytes) == length && memcmp(bytes + 20, expected, length - 20) == 0
    return Frame(packet: reference.packet, number: number, isWhole: isWhole)
  }

  /// The first byte of a frame that has begun to arrive.
  func peek() -> UnsafeRawPointer? { interface.peekFuture() }

  func wait(_ time: Duration) throws -> Bool { try interface.wait(timeout: time) }

  /// Starts the transmit queue again; returns what was in it.
  func restartTransmit() throws -> [RequestID] {
    let ids = try interface.reinitializeTransmitQueue()
    completed = sent
    return ids
  }

  /// Polls until nothing comes any more; releases the frames at once.
  func drain() throws -> [Frame] {
    var all: [Frame] = []
    while true {
      let frames = poll()
      for frame in frames { try interface.release(packet: frame.packet) }
      all += frames
      if frames.isEmpty, events.isEmpty { return all }
    }
  }
}
