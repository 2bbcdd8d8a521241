import CLinuxShims
import EmulatedAdapter
import Glibc

/// The datapath of a TAP: one system call for each frame, which is all that the kernel offers, and one for each look
/// that finds none.
enum TAPOperations {
  @inline(__always)
  private static func state(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<TAPState> {
    context.assumingMemoryBound(to: TAPState.self)
  }

  static func make(_ context: UnsafeMutableRawPointer) -> WireOperations {
    WireOperations(
      context: context,
      transmitReserve: { context, length in
        length <= TAPState.room ? TAPOperations.state(context).pointee.staged : nil
      },
      transmitCommit: { context, length in TAPOperations.send(TAPOperations.state(context), length) },
      // Every frame has left already.
      transmitFlush: { _ in 0 },
      receiveNext: { context, output in
        let state = TAPOperations.state(context)
        guard state.pointee.receivedLength != 0 || TAPOperations.read(state) else { return false }
        output.assumingMemoryBound(to: WireFrame.self).pointee = WireFrame(
          bytes: state.pointee.received, length: state.pointee.receivedLength)
        return true
      },
      receiveRelease: { context in TAPOperations.state(context).pointee.receivedLength = 0 },
      // The kernel keeps the descriptor readable while frames wait. A deleted interface is found out by a look.
      armWait: { context in
        let state = TAPOperations.state(context)
        state.pointee.countKernelDrops()
        if state.pointee.receivedLength == 0 { _ = TAPOperations.read(state) }
        if state.pointee.receivedLength != 0 {
          efvi_wake_signal(state.pointee.wakeDescriptor)
        } else {
          efvi_wake_clear(state.pointee.wakeDescriptor)
        }
      })
  }

  private static func read(_ state: UnsafeMutablePointer<TAPState>) -> Bool {
    guard !state.pointee.isGone else { return false }
    let count = Glibc.read(state.pointee.descriptor, state.pointee.received, TAPState.room)
    state.pointee.counters.add(.systemCalls)
    if count > 0 {
      state.pointee.receivedLength = count
      return true
    }
    if count < 0, errno == EBADFD { state.pointee.lose() }
    // Now and then, so that those who watch the counters see it.
    state.pointee.emptyLooks &+= 1
    if state.pointee.emptyLooks & 0xfff == 0 {
      state.pointee.countKernelDrops()
      // A question and its answer.
      state.pointee.counters.add(.systemCalls, 2)
    }
    return false
  }

  private static func send(_ state: UnsafeMutablePointer<TAPState>, _ length: Int) -> Int32 {
    guard !state.pointee.isGone else { return TransmitOutcome.linkDown.rawValue }
    let count = Glibc.write(state.pointee.descriptor, state.pointee.staged, length)
    state.pointee.counters.add(.systemCalls)
    if count == length { return TransmitOutcome.sent.rawValue }
    state.pointee.counters.add(.transmitDropped)
    guard count < 0 else { return TransmitOutcome.failed.rawValue }
    switch errno {
    case EAGAIN, ENOBUFS, ENOMEM, EINTR: return TransmitOutcome.congested.rawValue
    // The interface is down.
    case EIO: return TransmitOutcome.linkDown.rawValue
    case EBADFD:
      state.pointee.lose()
      return TransmitOutcome.linkDown.rawValue
    default: return TransmitOutcome.failed.rawValue
    }
  }
}
