import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc
import Synchronization

/// Everything that the datapath of an XDP wire touches, in memory of its own.
struct XDPState: ~Copyable {
  /// A socket for ioctl(2).
  let control: Int32
  /// The interface's name for ioctl(2), terminated.
  let interface: UnsafeMutablePointer<CChar>
  /// Largest payload after the Ethernet header, as last read.
  let mtu: Atomic<Int>
  /// A sender on this machine may leave checksums unfinished.
  let completesChecksums: Bool
  /// Frames of several chunks can be sent.
  var sendsPieces: Bool
  let needsWakeup: Bool

  // Receive.
  let queues: UnsafeMutablePointer<XDPQueue>
  let queueCount: Int
  /// The queue at hand.
  var queue: UnsafeMutablePointer<XDPQueue>
  /// Frames taken from it in a row.
  var takenInTurn = 0
  var frame: UnsafeMutableRawPointer
  var frameLength = 0
  var frameTime: UInt64 = 0
  /// The program writes when frames came.
  var readsStamps = false
  /// Somebody asks for that.
  var wantsStamps = false
  /// Whether `frame` was handed out and not yet released.
  var hasFrame = false
  /// Whether the entry at the head of the queue is that of the frame at hand, to be released with it.
  var holdsEntry = false
  var segmenter: PacketSegmenter
  /// Frames in several pieces are put together here.
  let large: UnsafeMutableRawPointer
  /// CLOCK_REALTIME less CLOCK_MONOTONIC, in nanoseconds.
  var clockOffset: UInt64 = 0
  /// CLOCK_TAI less CLOCK_REALTIME, whole seconds in nanoseconds.
  var atomicOffset: UInt64 = 0

  /// What was lent; nil where the wire receives into memory of its own.
  var inPlace: UnsafeMutablePointer<XDPInPlace>?
  /// For the datapath to end that.
  var wire: Unmanaged<XDPWire>?

  /// What sleepers wait on.
  var watch: PacketWatch

  // Transmit.
  var sender: XDPSender

  var counters: WireCounterCells
  private let ownCounters: WireCounterCells
  /// Looks for frames that found none, since the kernel was last asked what it dropped.
  var emptyLooks: UInt32 = 0
  /// What the kernel's totals were when they were last added, of all sockets.
  private let seenDrops = Atomic<UInt64>(0)
  private let seenPassed = Atomic<UInt64>(0)
  /// The kernel's totals of sockets that are no more.
  private let retiredDrops = Atomic<UInt64>(0)
  /// The frames that the program left to the kernel, a word every 64 bytes for each queue; mapped.
  let passed: UnsafeMutableRawPointer

  /// Frames from one queue before the others get their turn.
  static let turn = 64
  /// Above every frame that the kernel hands over in pieces.
  static let largeRoom = 131_072
  /// Leaves room in front of a frame.
  static let largeOffset = 16
  /// Above every MTU that an interface can have, with headers.
  static let largestFrame = 65_536 + 128
  /// Bytes of `passed`.
  static let passedSize = 4096

  init(
    control: Int32, interface name: String, mtu: Int, completesChecksums: Bool, sendsPieces: Bool, needsWakeup: Bool,
    queues: [XDPQueue], watch: consuming PacketWatch, sender: XDPSender, passed: UnsafeMutableRawPointer
  ) {
    self.control = control
    interface = strdup(name)
    self.mtu = Atomic(mtu)
    self.completesChecksums = completesChecksums
    self.sendsPieces = sendsPieces
    self.needsWakeup = needsWakeup
    self.queues = .allocate(cacheAligned: queues.count)
    for (index, queue) in queues.enumerated() { (self.queues + index).initialize(to: queue) }
    queueCount = queues.count
    queue = self.queues
    segmenter = PacketSegmenter(room: Self.largestFrame)
    large = .allocate(byteCount: Self.largeRoom, alignment: 64)
    frame = large
    self.watch = watch
    self.sender = sender
    self.passed = passed
    ownCounters = .allocate()
    counters = ownCounters
    followClock()
  }

  deinit {
    free(interface)
    segmenter.deallocate()
    large.deallocate()
    queues.deallocate()
    sender.deallocate()
    ownCounters.deallocate()
    inPlace?.pointee.deallocate()
    inPlace?.deallocate()
  }

  /// Counts there from now on; nil for memory of its own.
  mutating func count(in cells: WireCounterCells?) {
    let next = cells ?? ownCounters
    next.take(from: counters)
    counters = next
  }

  /// Lets the next queue have its turn.
  @inline(__always)
  mutating func goOnToNextQueue() {
    takenInTurn = 0
    queue += 1
    if queue == queues + queueCount { queue = queues }
  }

  /// Adds what the kernel dropped and what the program left to the kernel since they were last looked at: totals, of
  /// which others may be adding the same at the same time. Returns what the kernel says of the first socket.
  @discardableResult
  func countKernelDrops() -> xdp_socket_counts {
    // Before the sockets: should one be replaced now, its drops are counted later, not twice.
    var total = retiredDrops.load(ordering: .acquiring)
    let first = Self.counts(queues.pointee.socket)
    total &+= Self.drops(first)
    for index in 1..<max(1, queueCount) { total &+= Self.drops(Self.counts(queues[index].socket)) }
    add(.receiveDropped, total, seenDrops)
    var left: UInt64 = 0
    for queue in 0..<(Self.passedSize / 64) { left &+= passed.load(fromByteOffset: queue &* 64, as: UInt64.self) }
    add(.receiveLeft, left, seenPassed)
    return first
  }

  /// Keeps the count of a socket that will be replaced by one which begins at 0.
  func retire(_ socket: Int32) {
    countKernelDrops()
    retiredDrops.wrappingAdd(Self.drops(Self.counts(socket)), ordering: .releasing)
  }

  /// Zeros where the kernel does not say.
  private static func counts(_ socket: Int32) -> xdp_socket_counts {
    var counts = xdp_socket_counts()
    return xdp_socket_counts(socket, &counts) == 0 ? counts : xdp_socket_counts()
  }

  private static func drops(_ counts: xdp_socket_counts) -> UInt64 {
    counts.receive_dropped &+ counts.receive_ring_full
  }

  private func add(_ counter: WireCounter, _ total: UInt64, _ seen: borrowing Atomic<UInt64>) {
    let before = seen.load(ordering: .relaxed)
    // A socket that is no more bound says nothing.
    guard total > before, seen.compareExchange(expected: before, desired: total, ordering: .relaxed).exchanged else {
      return
    }
    counters.addShared(counter, total &- before)
  }

  /// Reads the MTU again: it is asked for only where a frame looked too large for the last known.
  func refreshMTU() -> Int {
    let now = Int(packet_interface_mtu(control, interface))
    counters.add(.systemCalls)
    if now > 0 { mtu.store(now, ordering: .relaxed) }
    return mtu.load(ordering: .relaxed)
  }

  /// Reads how far the clock of the program is from that of the day.
  mutating func followClock() {
    clockOffset = xdp_clock_offset()
    atomicOffset = xdp_atomic_clock_offset()
  }

  /// A time of the program as one of the day, not before that of the frame before; 0 where it gave none.
  @inline(__always)
  mutating func timestamp(_ time: UInt64) -> UInt64 {
    guard time != 0 else { return 0 }
    let stamp = time &+ clockOffset
    return stamp < frameTime && frameTime &- stamp < 1_000_000_000 ? frameTime : stamp
  }
}
