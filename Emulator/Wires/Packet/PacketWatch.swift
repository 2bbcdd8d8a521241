import CLinuxShims
import EtherFabric
import Glibc

/// What a sleeper waits on: a descriptor that is readable when one of a wire's sockets is.
///
/// A watched socket makes the kernel look for sleepers with every frame, 100 to 200 ns each. So the sockets are watched
/// from `arm` on, and no more once somebody has looked by himself for long enough. Should others be asleep then, they
/// are woken: they look, and arm again before they sleep.
struct PacketWatch: ~Copyable {
  private let waiting: PacketDescriptor
  /// Readable for those who are asleep when the sockets are watched no more.
  private let signal: PacketDescriptor
  private let sockets: [Int32]
  private var isSignalled = false
  /// Somebody has armed since the sockets were last left, and may be asleep.
  private var mayBeWaitedFor = false
  /// Looks that find nothing until the sockets are left; 0 where they are.
  private var looksLeft = Self.leastLooks
  /// The same after the next `arm`. It grows where sleepers and such as look themselves take turns.
  private var patience = Self.leastLooks

  static let leastLooks = 1024
  static let mostLooks = 65_536

  /// The sockets are watched from the beginning.
  init(_ sockets: [Int32]) throws(EtherFabricError) {
    self.sockets = sockets
    signal = PacketDescriptor(number: efvi_wake_create())
    waiting = PacketDescriptor(number: efvi_wait_create())
    var status = min(signal.number, waiting.number)
    if status >= 0 { status = efvi_wait_add(waiting.number, signal.number) }
    for socket in sockets where status >= 0 { status = efvi_wait_add(descriptor, socket) }
    guard status >= 0 else {
      throw EtherFabricError(
        packetOpenOperation, errno: -status, reason: "no descriptor to wait on",
        remedy: "Raise the limit of open files (ulimit -n).")
    }
  }

  var descriptor: Int32 { waiting.number }

  /// Before a sleep: the sockets are watched again. Returns the number of system calls.
  mutating func arm() -> Int {
    mayBeWaitedFor = true
    guard looksLeft == 0 else {
      looksLeft = patience
      return 0
    }
    if patience < Self.mostLooks { patience &*= 2 }
    looksLeft = patience
    var isWatched = true
    for socket in sockets where efvi_wait_add(descriptor, socket) < 0 { isWatched = false }
    // A sleeper that could not be woken must not sleep.
    guard isWatched, isSignalled else { return sockets.count }
    efvi_wake_clear(signal.number)
    isSignalled = false
    return sockets.count &+ 1
  }

  /// Another socket has the number of one of these: it is watched where that was.
  func follow(_ socket: Int32) {
    if looksLeft != 0 { _ = efvi_wait_add(descriptor, socket) }
  }

  /// Counts a look that found nothing. Returns the number of system calls.
  @inline(__always)
  mutating func countLook() -> Int {
    guard looksLeft != 0 else { return 0 }
    looksLeft &-= 1
    return looksLeft == 0 ? leave() : 0
  }

  @inline(never)
  private mutating func leave() -> Int {
    for socket in sockets { efvi_wait_remove(descriptor, socket) }
    guard mayBeWaitedFor, !isSignalled else {
      mayBeWaitedFor = false
      return sockets.count
    }
    mayBeWaitedFor = false
    efvi_wake_signal(signal.number)
    isSignalled = true
    return sockets.count &+ 1
  }
}
