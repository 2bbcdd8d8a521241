import EtherFabric
import EtherFabricFormats

/// How the one interface that receives lends its buffers to the wire.
///
/// The kernel fills lent buffers in the order of the ring, so the next frame lies in the buffer of the next descriptor,
/// and nothing is copied. A frame that nobody takes after all uses up a buffer, not a descriptor: those that follow it lie
/// one buffer too far, and are copied down. A buffer of the wire's own, lent behind them, makes it even again.
///
/// What must hold: the adapter writes only to buffers that have come back. These are the ones up to `next`.
struct InPlaceReceive {
  let interface: UnsafeMutablePointer<InterfaceState>
  let memory: UserMemory
  /// The host addresses of lent buffers, by their places in the ring.
  let hosts: UnsafeMutablePointer<UInt>
  /// Room for what is lent at a time.
  let batch: UnsafeMutablePointer<UInt>
  /// The first descriptor whose buffer was not lent yet.
  var lent: UInt32
  /// The descriptor whose buffer comes back next.
  var next: UInt32
  /// The ring has had the descriptors that the adapter needs to begin.
  var hasBegun: Bool

  static let batchLimit = 64

  init(_ interface: UnsafeMutablePointer<InterfaceState>, _ memory: UserMemory) {
    self.interface = interface
    self.memory = memory
    let size = Int(interface.pointee.receiveMask) + 1
    hosts = .allocate(capacity: size)
    hosts.initialize(repeating: 0, count: size)
    batch = .allocate(capacity: Self.batchLimit)
    batch.initialize(repeating: 0, count: Self.batchLimit)
    lent = interface.pointee.receiveRead
    next = lent
    hasBegun = interface.pointee.acceptMask != 0
  }

  func deallocate() {
    hosts.deallocate()
    batch.deallocate()
  }

  /// Which descriptor's buffer these bytes lie in, one that comes back by this with all before it. Nil for bytes
  /// elsewhere.
  @inline(__always)
  mutating func takeBack(_ bytes: UnsafeMutableRawPointer) -> UInt32? {
    let address = UInt(bitPattern: bytes)
    let mask = interface.pointee.receiveMask
    var place = next
    // Frames that were dropped on the way leave gaps.
    while place != lent {
      let following = (place &+ 1) & mask
      if hosts[Int(place)] == address {
        next = following
        return place
      }
      place = following
    }
    return nil
  }

  /// The host's address of a descriptor's buffer. Nil where it cannot be lent.
  @inline(__always)
  func host(_ place: UInt32, _ translation: TranslationTable) -> Result<UnsafeMutableRawPointer, UserMemoryRefusal> {
    let descriptor = ReceiveDescriptor(word: interface.pointee.receiveRing[Int(place)])
    guard descriptor.length >= memory.room else { return .failure(.shortBuffer) }
    let address = translation.translate(
      descriptor.address, length: memory.room, domain: interface.pointee.domain)
    guard let address, address >= memory.base, address + memory.room <= memory.end else {
      return .failure(.otherRegistration)
    }
    return .success(address)
  }
}
