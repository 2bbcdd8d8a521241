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
  /// The thread that enters without the lock; 0 for none.
  let owner = Atomic<UInt>(0)
  /// Calls of the owner that are under way: a signal handler may call as well.
  let inside = Atomic<UInt32>(0)
  /// How often the gate was taken away; `isShared` from then on.
  let changes = Atomic<UInt32>(0)
  /// The thread that has the lock, 0 for none.
  let lock = Atomic<UInt>(0)

  /// What a thread has to give back when it leaves.
  enum Pass {
    case owner
    case lock
    /// The same thread is inside further up.
    case nothing
  }

  static let limit: UInt32 = 4
}

extension UnsafeMutablePointer where Pointee == Gate {
  @inline(__always)
  func enter() -> Gate.Pass {
    let thread = ciul_thread()
    guard pointee.owner.load(ordering: .relaxed) == thread else { return enterByLock(thread) }
    let inside = pointee.inside.load(ordering: .relaxed)
    pointee.inside.store(inside &+ 1, ordering: .relaxed)
    // The processor may look at the owner before others see the store: that is what their barrier is for.
    ciul_compiler_barrier()
    guard pointee.owner.load(ordering: .relaxed) == thread else {
      pointee.inside.store(inside, ordering: .releasing)
      return enterByLock(thread)
    }
    return .owner
  }

  @inline(__always)
  func leave(_ pass: Gate.Pass) {
    guard case .owner = pass else { return leaveByLock(pass) }
    ciul_compiler_barrier()
    pointee.inside.store(pointee.inside.load(ordering: .relaxed) &- 1, ordering: .releasing)
  }

  @inline(never)
  private func enterByLock(_ thread: UInt) -> Gate.Pass {
    while true {
      let (isMine, holder) = pointee.lock.compareExchange(expected: 0, desired: thread, ordering: .acquiring)
      if isMine { break }
      if holder == thread { return .nothing }
      sched_yield()
    }
    let owner = pointee.owner.load(ordering: .acquiring)
    if owner != thread, owner != 0 { revoke() }
    guard pointee.changes.load(ordering: .relaxed) < Gate.limit else { return .lock }
    if owner != thread {
      pointee.inside.store(0, ordering: .relaxed)
      pointee.owner.store(thread, ordering: .releasing)
    }
    pointee.inside.store(pointee.inside.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    pointee.lock.store(0, ordering: .releasing)
    return .owner
  }

  /// Takes the gate from its owner, and returns when that thread is out.
  private func revoke() {
    pointee.owner.store(0, ordering: .sequentiallyConsistent)
    _ = ciul_process_barrier()
    while pointee.inside.load(ordering: .acquiring) != 0 { sched_yield() }
    pointee.changes.store(pointee.changes.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  @inline(never)
  private func leaveByLock(_ pass: Gate.Pass) {
    if case .lock = pass { pointee.lock.store(0, ordering: .releasing) }
  }
}

/// Whether gates may have owners: the kernel has the barrier that takes them away.
enum ProcessBarrier {
  static let isAvailable = ciul_prepare_process_barrier() == 0
}
