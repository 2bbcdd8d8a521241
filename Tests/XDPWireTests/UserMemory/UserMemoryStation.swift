import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricEmulator
import Glibc
import NetworkLab
import Testing

/// An adapter on one end of a pair whose wire is asked to receive into posted buffers, and a peer at the other.
final class UserMemoryStation {
  let pair: VethPair
  let peer: Peer
  let driver: Driver
  let adapter: EmulatedAdapter
  let domain: ProtectionDomain

  static let modes = ["native", "generic"]

  init(_ attach: String, mtu: Int = 1500, queues: Int = 1, options: String = "") throws {
    pair = try VethPair(mtu: mtu, queues: queues)
    peer = try Peer()
    driver = try Driver.open("emu:xdp:a0,attach=\(attach),memory=user\(options)")
    adapter = try #require(Emulator.adapter(of: driver))
    domain = try driver.allocateProtectionDomain()
  }

  /// What the configuration says of the user's memory.
  var words: String { driver.identity.configuration.first { $0.name == "user memory" }?.value ?? "" }
  var isInPlace: Bool { words.contains("where they are posted") }

  func counter(_ name: String) -> Int { driver.statistics()[name].map(Int.init) ?? -1 }

  func send(_ numbers: Range<Int>, length: Int = 60) {
    for number in numbers { #expect(peer.send(pair.incoming(number, length: length))) }
  }

  /// A receiver with this many buffers, for the frames to the adapter's address.
  func receiver(
    _ buffers: Int = 256, memory: DMAMemory? = nil, spacing: Int = 2048, options: InterfaceOptions = InterfaceOptions()
  ) throws -> Receiver {
    let memory = try memory ?? DMAMemory(byteCount: buffers * spacing)
    let interface = try domain.allocateVirtualInterface(options)
    return Receiver(
      interface: interface, registration: try MemoryRegistration(domain, memory), buffers: buffers, spacing: spacing)
  }
}

/// An interface with buffers in one memory.
final class Receiver {
  var interface: VirtualInterface
  var registration: MemoryRegistration?
  let buffers: Int
  let spacing: Int
  let base: UnsafeMutableRawPointer
  /// Where in its room a buffer begins.
  var offset = 0
  private var batch = EventBatch()
  private var next = 0

  init(interface: consuming VirtualInterface, registration: MemoryRegistration, buffers: Int, spacing: Int) {
    self.interface = interface
    self.registration = registration
    self.buffers = buffers
    self.spacing = spacing
    base = registration.base
  }

  /// Writes a pattern over all buffers.
  func paint(_ byte: UInt8 = 0xaa) { memset(base, Int32(byte), buffers * spacing) }

  /// Whether nothing was written since, from a buffer on.
  func isPainted(_ byte: UInt8 = 0xaa, from buffer: Int = 0) -> Bool {
    UnsafeRawBufferPointer(start: base + buffer * spacing, count: (buffers - buffer) * spacing)
      .allSatisfy { $0 == byte }
  }

  /// Posts the next buffers, round and round.
  func post(_ count: Int) throws {
    guard let registration else { return }
    for _ in 0..<count {
      try interface.receiveInit(registration.dmaAddress(next * spacing + offset), id: RequestID(next))
      next = (next + 1) % buffers
    }
    interface.receivePush()
  }

  /// The buffers that were completed, with the frames in them.
  func poll() -> [(buffer: Int, frame: [UInt8])] {
    interface.poll(&batch)
    var found: [(buffer: Int, frame: [UInt8])] = []
    for index in batch.indices {
      guard case .receive(let event) = batch[index] else { continue }
      let buffer = Int(event.id.rawValue)
      let bytes = UnsafeRawBufferPointer(start: base + buffer * spacing + offset, count: Int(event.bytes))
      found.append((buffer, Array(bytes)))
    }
    return found
  }

  /// The same until there are so many, at most for a second.
  func take(_ count: Int) -> [(buffer: Int, frame: [UInt8])] {
    var found: [(buffer: Int, frame: [UInt8])] = []
    for _ in 0..<1000 {
      found += poll()
      if found.count >= count { break }
      usleep(1000)
    }
    return found
  }
}
