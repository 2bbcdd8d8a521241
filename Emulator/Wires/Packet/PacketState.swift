import CLinuxShims
import Glibc
import Synchronization

/// A total with one writer at a time that any thread may read.
struct PacketCount: ~Copyable {
  private let total = Atomic<UInt64>(0)

  var value: UInt64 { total.load(ordering: .relaxed) }

  @inline(__always)
  func add(_ count: Int = 1) {
    total.store(total.load(ordering: .relaxed) &+ UInt64(truncatingIfNeeded: count), ordering: .relaxed)
  }
}

/// Everything that the datapath of a packet wire touches, in memory of its own.
struct PacketState: ~Copyable {
  let receiveSocket: Int32
  let transmitSocket: Int32
  /// The interface's name for ioctl(2), terminated.
  let interface: UnsafeMutablePointer<CChar>
  /// Largest payload after the Ethernet header, as last read.
  let mtu: Atomic<Int>

  // Receive.
  var cursor: PacketRingCursor
  var frame: UnsafeMutableRawPointer
  var frameLength = 0
  var frameTime: UInt64 = 0
  /// Whether `frame` was handed out and not yet released.
  var hasFrame = false
  var segmenter: PacketSegmenter
  /// Frames larger than a slot are fetched to here.
  let large: UnsafeMutableRawPointer

  // Transmit.
  var batch: PacketBatch

  let receiveTruncated = PacketCount()
  let receiveOversize = PacketCount()
  let transmitDropped = PacketCount()
  let systemCalls = PacketCount()
  let checksumsCompleted = PacketCount()
  let framesSegmented = PacketCount()

  /// Room for a frame larger than any slot: the largest that a sender's offload may make.
  static let largeRoom = 524_288 + 512
  /// Where a fetched frame begins; its offload header is in front of it, and a VLAN tag has room.
  static let largeOffset = 16
  /// Above every MTU that an interface can have, with headers.
  static let largestFrame = 65_536 + 128

  init(
    receiveSocket: Int32, transmitSocket: Int32, interface name: String, mtu: Int,
    cursor: consuming PacketRingCursor, transmitBatch: Int
  ) {
    self.receiveSocket = receiveSocket
    self.transmitSocket = transmitSocket
    interface = strdup(name)
    self.mtu = Atomic(mtu)
    self.cursor = cursor
    segmenter = PacketSegmenter(room: Self.largestFrame)
    large = .allocate(byteCount: Self.largeRoom, alignment: 64)
    frame = large
    batch = PacketBatch(limit: transmitBatch, mtu: mtu)
  }

  deinit {
    free(interface)
    segmenter.deallocate()
    large.deallocate()
    batch.deallocate()
  }

  /// Reads the MTU again: it is asked for only where a frame looked too large for the last known.
  func refreshMTU() -> Int {
    let now = Int(packet_interface_mtu(transmitSocket, interface))
    systemCalls.add()
    if now > 0 { mtu.store(now, ordering: .relaxed) }
    return mtu.load(ordering: .relaxed)
  }
}
