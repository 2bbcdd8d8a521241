import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Synchronization
import Testing

/// The host's side of an interface of an X3 or X4 express in its simplest form: aperture, commands and event words by
/// hand, so that what the adapter writes is seen as it is.
final class RawExpress {
  let adapter: EmulatedAdapter
  let grant: InterfaceGrant
  let express: ExpressGrant
  let domain: UInt32
  private let memory: DMAMemory?
  private let address: DMAAddress?
  /// Bytes of the transmit stream.
  private(set) var added: UInt64 = 0
  private var eventRead = 0

  /// - Parameter superbufs: memory for the superbufs that an X4 posts.
  init(
    _ adapter: EmulatedAdapter, _ options: InterfaceOptions = InterfaceOptions(receiveCapacity: 1024),
    superbufs: Int = 0, domainFlags: DomainFlags = []
  ) throws {
    self.adapter = adapter
    domain = try adapter.allocateDomain(flags: domainFlags)
    grant = try adapter.allocateInterface(InterfaceRequest(domain: domain, options: options))
    express = try #require(grant.express)
    guard superbufs > 0 else {
      (memory, address) = (nil, nil)
      return
    }
    let memory = try DMAMemory(byteCount: superbufs << 20)
    self.memory = memory
    address = try adapter.register(memory.base, byteCount: superbufs << 20, domain: domain)
  }

  deinit {
    adapter.freeInterface(grant.resource)
    if let memory, let address { adapter.unregister(address, byteCount: memory.count, domain: domain) }
    adapter.freeDomain(domain)
  }

  func service(_ reason: UInt32 = InterfaceGrant.Reason.poll) { grant.service?(grant.serviceContext, reason) }

  func command(_ register: Int, _ value: UInt64) { grant.command?(grant.serviceContext, register, value) }

  // MARK: Sending

  /// Writes a packet to the aperture, and tells nobody.
  func write(_ header: StreamHeader, _ frame: [UInt8]) {
    let size = express.parameters.transmitApertureBytes
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.word >> (8 * UInt64($0))) } + frame
    bytes += [UInt8](repeating: 0, count: StreamHeader.footprint(of: frame.count) - bytes.count)
    for (index, byte) in bytes.enumerated() {
      express.aperture.storeBytes(of: byte, toByteOffset: (Int(added) + index) % size, as: UInt8.self)
    }
    added += UInt64(bytes.count)
  }

  func push() { command(DoorbellPage.ctpioAperture, added) }

  func header(_ length: Int, timestamp: Bool = false, warm: Bool = false, action: UInt8 = 0) -> StreamHeader {
    StreamHeader(
      length: length, threshold: StreamHeader.storeAndForward, timestamp: timestamp, warm: warm, action: action)
  }

  /// Sends frames, each with a command.
  func send(_ frames: [UInt8]..., timestamp: Bool = false, warm: Bool = false) {
    for frame in frames {
      write(header(frame.count, timestamp: timestamp, warm: warm), frame)
      push()
    }
  }

  /// After a restart the stream begins anew.
  func beginAgain() { added = 0 }

  // MARK: Events

  /// Words that are in the event queue and have not been read.
  func waitingEvents() -> [UInt64] {
    let slots = grant.eventQueue.assumingMemoryBound(to: Atomic<UInt64>.self)
    var words: [UInt64] = []
    while words.count < grant.eventCapacity {
      let word = slots[eventRead & (grant.eventCapacity - 1)].load(ordering: .acquiring)
      guard word >> 59 & 1 == UInt64(eventRead / grant.eventCapacity & 1) else { return words }
      words.append(word)
      eventRead += 1
    }
    return words
  }

  /// Serves the adapter, and reads its events.
  func events() -> [UInt64] {
    service()
    return waitingEvents()
  }

  /// The event queue begins anew.
  func restartEvents() throws {
    try adapter.restartEvents(interface: grant.resource)
    eventRead = 0
  }

  func prime() {
    let index = UInt32(eventRead & (grant.eventCapacity - 1))
    grant.doorbells.storeBytes(of: index, toByteOffset: DoorbellPage.eventQueueReadPointer, as: UInt32.self)
    service(InterfaceGrant.Reason.prime)
  }

  func statistic(_ name: String) -> UInt64 { adapter.statistics(interface: grant.resource)[test: name] }

  // MARK: Receiving

  func attach(_ queue: Int, superbufs: Int = 2) throws -> ReceiveQueueGrant {
    try adapter.attachReceiveQueue(queue, superbufs: superbufs, interface: grant.resource)
  }

  /// Adds a filter, and attaches to the queue that it steers to.
  func receive(_ filter: FilterSpecification, superbufs: Int = 2) throws -> ReceiveQueueGrant {
    let cookie = try adapter.insert(filter, interface: grant.resource)
    return try attach(
      Int(try adapter.query(cookie, interface: grant.resource).receiveQueue), superbufs: superbufs)
  }

  /// A superbuf of an X4, for the CPU and for the adapter.
  func superbuf(_ index: Int) throws -> UnsafeMutableRawPointer { try #require(memory).base + index << 20 }
  func superbufAddress(_ index: Int) throws -> UInt64 { try #require(address).rawValue + UInt64(index) << 20 }

  func post(_ index: Int, _ queue: ReceiveQueueGrant, sentinel: Bool = true, rollover: Bool = false) throws {
    command(
      queue.postRegister,
      BufferPost(address: try superbufAddress(index), sentinel: sentinel, rollover: rollover).word)
  }
}

/// A slot of a superbuf.
struct Slot {
  let base: UnsafeRawPointer

  init(_ superbuf: UnsafeRawPointer, _ index: Int) { base = superbuf + index * 2048 }

  var metadata: FrameMetadata { FrameMetadata(first: first, second: base.load(fromByteOffset: 8, as: UInt64.self)) }
  var first: UInt64 { base.load(as: UInt64.self) }
  /// The word by which a frame is seen to begin.
  var future: UInt64 { base.load(fromByteOffset: 64, as: UInt64.self) }

  func bytes(_ count: Int) -> [UInt8] { (0..<count).map { base.load(fromByteOffset: 66 + $0, as: UInt8.self) } }
}
