import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Synchronization

/// The host's side of an interface in its simplest form: descriptors, doorbells and event words by hand, so that
/// what the adapter writes is seen as it is.
final class RawInterface {
  let adapter: EmulatedAdapter
  let grant: InterfaceGrant
  let domain: UInt32
  let memory: DMAMemory
  /// DMA address of the memory: receive buffers of 2 KiB, and from 1 MiB on transmit buffers of 16 KiB.
  let address: DMAAddress
  private let owner: RawInterface?
  private let ownsDomain: Bool
  private var eventRead = 0
  private(set) var receiveAdded = 0
  /// Buffers that `frames` has read.
  var framesTaken = 0
  private(set) var transmitAdded = 0

  static let transmitOffset = 1 << 20
  private static let byteCount = 2 << 20

  /// - Parameters:
  ///   - domain: one that outlives the interface; nil for one of its own.
  ///   - member: its place in a set of that domain.
  init(
    _ adapter: EmulatedAdapter, _ options: InterfaceOptions = InterfaceOptions(),
    sharingEventsOf owner: RawInterface? = nil, domain shared: UInt32? = nil, member: SetMember? = nil
  ) throws {
    self.adapter = adapter
    self.owner = owner
    ownsDomain = shared == nil
    domain = try shared ?? adapter.allocateDomain(flags: [])
    memory = try DMAMemory(byteCount: Self.byteCount)
    address = try adapter.register(memory.base, byteCount: Self.byteCount, domain: domain)
    grant = try adapter.allocateInterface(
      InterfaceRequest(domain: domain, options: options, eventQueueOwner: owner?.grant.resource, member: member))
  }

  deinit {
    adapter.freeInterface(grant.resource)
    adapter.unregister(address, byteCount: Self.byteCount, domain: domain)
    if ownsDomain { adapter.freeDomain(domain) }
  }

  // MARK: Doorbells

  func ring(_ register: Int, _ value: Int) {
    (grant.doorbells + register).assumingMemoryBound(to: Atomic<UInt32>.self).pointee.store(
      UInt32(value), ordering: .releasing)
  }

  func service(_ reason: UInt32 = InterfaceGrant.Reason.poll) { grant.service?(grant.serviceContext, reason) }

  /// A store to a register that takes commands.
  func command(_ register: Int, _ value: Int) { grant.command?(grant.serviceContext, register, UInt64(value)) }

  // MARK: Receive

  func buffer(_ slot: Int) -> UInt64 { address.rawValue + UInt64(slot % 512) * 2048 }

  /// Posts buffers up to the next doorbell.
  func post(_ count: Int, length: Int = 1792) {
    for _ in 0..<count { write(buffer(receiveAdded), length: length) }
    pushReceive()
  }

  /// Writes one receive descriptor.
  func write(_ address: UInt64, length: Int = 1792) {
    grant.receiveRing[receiveAdded % grant.receiveCapacity] = ReceiveDescriptor(address: address, length: length).word
    receiveAdded += 1
  }

  func pushReceive() {
    ring(DoorbellPage.receiveDoorbell, receiveAdded & ~7 & (grant.receiveCapacity - 1))
    service(InterfaceGrant.Reason.receiveDoorbell)
  }

  /// After a restart the rings begin anew.
  func beginAgain() {
    receiveAdded = 0
    transmitAdded = 0
  }

  /// Bytes of a receive buffer.
  func received(_ slot: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { memory.base.load(fromByteOffset: slot % 512 * 2048 + $0, as: UInt8.self) }
  }

  // MARK: Transmit

  /// Writes the descriptors of one frame, cut into `parts`, without a doorbell.
  func write(_ frame: [UInt8], parts: Int = 1) {
    let slot = Self.transmitOffset + transmitAdded % 64 * 16384
    for (index, byte) in frame.enumerated() {
      memory.base.storeBytes(of: byte, toByteOffset: slot + index, as: UInt8.self)
    }
    var position = 0
    for part in 0..<parts {
      let end = frame.count * (part + 1) / parts
      write(
        TransmitDescriptor(
          address: address.rawValue + UInt64(slot + position), length: end - position, continues: part < parts - 1))
      position = end
    }
  }

  func write(_ descriptor: TransmitDescriptor) {
    grant.transmitRing[transmitAdded % grant.transmitCapacity] = descriptor.word
    transmitAdded += 1
  }

  /// Writes any descriptor word.
  func write(word: UInt64) { write(TransmitDescriptor(word: word)) }

  /// Writes a cut-through frame to the aperture by hand, and tells of it.
  func cutThrough(_ frame: [UInt8], threshold: Int = 0xffff) {
    guard let aperture = grant.cutThroughAperture else { return }
    let control = UInt32(frame.count | threshold << 16)
    aperture.storeBytes(of: control, as: UInt32.self)
    for index in 0..<((frame.count + 4 + 63) / 64 * 64 - 4) {
      aperture.storeBytes(of: index < frame.count ? frame[index] : 0, toByteOffset: 4 + index, as: UInt8.self)
    }
    command(0x3000, (frame.count + 4 + 63) / 64 * 64)
  }

  func pushTransmit() {
    ring(DoorbellPage.transmitDoorbell, transmitAdded & (grant.transmitCapacity - 1))
    service(InterfaceGrant.Reason.transmitDoorbell)
  }

  func send(_ frames: [UInt8]..., parts: Int = 1) {
    for frame in frames { write(frame, parts: parts) }
    pushTransmit()
  }

  // MARK: Events

  /// Serves the adapter, and takes all words out of the event queue.
  func events() -> [UInt64] {
    service()
    let slots = grant.eventQueue.assumingMemoryBound(to: Atomic<UInt64>.self)
    var words: [UInt64] = []
    while true {
      let slot = eventRead & (grant.eventCapacity - 1)
      let word = slots[slot].load(ordering: .acquiring)
      guard EventWord(word: word).isPresent else { return words }
      words.append(word)
      slots[slot].store(.max, ordering: .relaxed)
      eventRead += 1
    }
  }

  /// The words that receives and transmits made: no management events.
  func packets() -> [UInt64] { events().filter { EventWord(word: $0).code != EventWord.Code.mcdi } }

  /// The event queue begins anew.
  func restartEvents() throws {
    try adapter.restartEvents(interface: grant.resource)
    eventRead = 0
  }

  func statistic(_ name: String) -> UInt64 { adapter.statistics(interface: grant.resource)[test: name] }
}
