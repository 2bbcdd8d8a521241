import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

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

  /// What sleepers wait on.
  var watch: PacketWatch

  // Transmit.
  var batch: PacketBatch

  var counters: WireCounterCells
  private let ownCounters: WireCounterCells
  /// Looks for frames that found none, since the kernel was last asked what it dropped.
  var emptyLooks: UInt32 = 0

  /// Room for a frame larger than any slot: the largest that a sender's offload may make.
  static let largeRoom = 524_288 + 512
  /// Where a fetched frame begins; its offload header is in front of it, and a VLAN tag has room.
  static let largeOffset = 16
  /// Above every MTU that an interface can have, with headers.
  static let largestFrame = 65_536 + 128

  init(
    receiveSocket: Int32, transmitSocket: Int32, interface name: String, mtu: Int,
    cursor: consuming PacketRingCursor, transmitBatch: Int, watch: consuming PacketWatch
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
    self.watch = watch
    ownCounters = .allocate()
    counters = ownCounters
  }

  deinit {
    free(interface)
    segmenter.deallocate()
    large.deallocate()
    batch.deallocate()
    ownCounters.deallocate()
  }

  /// Counts there from now on; nil for memory of its own.
  mutating func count(in cells: WireCounterCells?) {
    let next = cells ?? ownCounters
    next.take(from: counters)
    counters = next
  }

  /// Adds what the kernel dropped since it was last asked: it forgets its count on every reading.
  static func countKernelDrops(_ receiveSocket: Int32, _ counters: WireCounterCells) {
    var seen: UInt32 = 0
    var dropped: UInt32 = 0
    guard packet_socket_statistics(receiveSocket, &seen, &dropped) == 0, dropped > 0 else { return }
    counters.addShared(.receiveDropped, UInt64(dropped))
  }

  /// Reads the MTU again: it is asked for only where a frame looked too large for the last known.
  func refreshMTU() -> Int {
    let now = Int(packet_interface_mtu(transmitSocket, interface))
    counters.add(.systemCalls)
    if now > 0 { mtu.store(now, ordering: .relaxed) }
    return mtu.load(ordering: .relaxed)
  }
}
