import CiulSupport
import Glibc
import Synchronization

/// Lets one thread at a time into an interface, at the price of two plain stores for the thread that is always the
/// one.
///
/// A program must not call from two threads at once; one that does, or frees an interface that another thread is
/// polling, must not bring the process down. A lock of the usual kind costs each call a locked instruction, which is more
/// than many of the calls themselves. So the gate belongs to a thread: the owner says that it is inside by a plain
/// store, and looks whether the gate is still its own. Another thread takes the gate away, makes every processor of the
/// process pass a barrier (membarrier(2)), and waits until the owner is out. A gate that changes hands often becomes a
/// lock for good.
struct Gate: ~Copyable {
  /// The thread that enters without the lock, with the number of its turn in the low bits; 0 for none.
  let owner = Atomic<UInt>(0)
  /// The thread that has the lock, 0 for none.
  let lock = Atomic<UInt>(0)
  /// Turns that have been taken away; `turns`, and the gate is a lock.
  let ended = Atomic<UInt32>(0)
  /// For each turn, calls of its owner that are under way: a signal handler may call as well. A thread that is late to
  /// see that its turn has ended writes to no other's.
  let inside0 = Atomic<UInt32>(0)
  let inside1 = Atomic<UInt32>(0)
  let inside2 = Atomic<UInt32>(0)
  let inside3 = Atomic<UInt32>(0)

  /// What a thread has to give back when it leaves: the number of its turn, or one of these.
  struct Pass: Equatable {
    let number: UInt32
    static let lock = Pass(number: Gate.turns)
    /// The same thread is inside further up.
    static let nothing = Pass(number: Gate.turns + 1)
  }

  static var turns: UInt32 { 4 }
  /// Threads are told apart by addresses that are multiples of 16 at least.
  static var turnBits: UInt { 3 }
}

extension UnsafeMutablePointer where Pointee == Gate {
  @inline(__always)
  func enter() -> Gate.Pass {
    let thread = ciul_thread()
    let owner = pointee.owner.load(ordering: .relaxed)
    guard owner & ~Gate.turnBits == thread else { return enterByLock(thread) }
    let turn = UInt32(truncatingIfNeeded: owner & Gate.turnBits)
    let count = inside(turn).pointee.load(ordering: .relaxed)
    inside(turn).pointee.store(count &+ 1, ordering: .relaxed)
    // The processor may look at the owner before others see the store: that is what their barrier is for.
    ciul_compiler_barrier()
    guard pointee.owner.load(ordering: .relaxed) == owner else {
      inside(turn).pointee.store(count, ordering: .releasing)
      return enterByLock(thread)
    }
    return Gate.Pass(number: turn)
  }

  @inline(__always)
  func leave(_ pass: Gate.Pass) {
    guard pass.number < Gate.turns else { return leaveByLock(pass) }
    ciul_compiler_barrier()
    let count = inside(pass.number).pointee.load(ordering: .relaxed)
    inside(pass.number).pointee.store(count &- 1, ordering: .releasing)
  }

  @inline(__always)
  private func inside(_ turn: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
    let first = UnsafeMutableRawPointer(self) + MemoryLayout<Gate>.size - Int(Gate.turns) * 4
    return first.assumingMemoryBound(to: Atomic<UInt32>.self) + Int(turn)
  }

  @inline(never)
  private func enterByLock(_ thread: UInt) -> Gate.Pass {
    while true {
      let (isMine, holder) = pointee.lock.compareExchange(expected: 0, desired: thread, ordering: .acquiring)
      if isMine { break }
      if holder == thread { return .nothing }
      sched_yield()
    }
    var owner = pointee.owner.load(ordering: .acquiring)
    if owner != 0, owner & ~Gate.turnBits != thread {
      revoke(UInt32(truncatingIfNeeded: owner & Gate.turnBits))
      owner = 0
    }
    var turn = UInt32(truncatingIfNeeded: owner & Gate.turnBits)
    if owner == 0 {
      turn = pointee.ended.load(ordering: .relaxed)
      guard turn < Gate.turns else { return .lock }
      pointee.owner.store(thread | UInt(turn), ordering: .relaxed)
    }
    inside(turn).pointee.store(inside(turn).pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    pointee.lock.store(0, ordering: .releasing)
    return Gate.Pass(number: turn)
  }

  /// Takes the gate from its owner, and returns when that thread is out.
  private func revoke(_ turn: UInt32) {
    pointee.owner.store(0, ordering: .sequentiallyConsistent)
    _ = ciul_process_barrier()
    while inside(turn).pointee.load(ordering: .acquiring) != 0 { sched_yield() }
    pointee.ended.store(turn + 1, ordering: .relaxed)
  }

  @inline(never)
  private func leaveByLock(_ pass: Gate.Pass) {
    if pass == .lock { pointee.lock.store(0, ordering: .releasing) }
  }

  /// Makes the gate a lock, where the kernel has no barrier that takes it away.
  func prepare() {
    if !ProcessBarrier.isAvailable { pointee.ended.store(Gate.turns, ordering: .relaxed) }
  }
}

/// Whether gates may have owners: the kernel has the barrier that takes them away.
enum ProcessBarrier {
  static let isAvailable = ciul_prepare_process_barrier() == 0
}
