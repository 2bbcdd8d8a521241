import EmulatedAdapter
import Synchronization

/// The datapath between two processes: no system call while both are awake.
enum SharedMemoryOperations {
  @inline(__always)
  private static func state(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<SharedMemoryState> {
    context.assumingMemoryBound(to: SharedMemoryState.self)
  }

  static func make(_ context: UnsafeMutableRawPointer) -> WireOperations {
    WireOperations(
      context: context,
      transmitReserve: { context, length in
        let state = SharedMemoryOperations.state(context)
        if !state.pointee.isLinked || state.pointee.isOver || state.pointee.attention.pointee.load(ordering: .relaxed) {
          state.tend()
        }
        // Without another end the frame is lost as it leaves; then no room is needed.
        guard state.pointee.isLinked, !state.pointee.isOver else {
          return length <= SharedMemoryLayout.frameLimit ? state.pointee.staged : nil
        }
        guard length <= SharedMemoryLayout.frameLimit else { return nil }
        if state.pointee.writer.hasRoom(length) { return state.pointee.staged }
        return SharedMemoryOperations.full(state)
      },
      transmitCommit: { context, length in SharedMemoryOperations.commit(context, length, isPoisoned: false) },
      transmitFlush: { context in
        let state = SharedMemoryOperations.state(context)
        if state.pointee.hasWritten {
          state.pointee.hasWritten = false
          state.wakeReader()
        }
        return 0
      },
      receiveNext: { context, output in
        let state = SharedMemoryOperations.state(context)
        if !state.pointee.hasFrame {
          if state.pointee.attention.pointee.load(ordering: .relaxed) { state.tend() }
          guard state.pointee.isLinked, SharedMemoryOperations.read(state) else {
            state.foundNothing()
            return false
          }
        }
        let length = state.pointee.receivedLength
        output.assumingMemoryBound(to: WireFrame.self).pointee = WireFrame(
          bytes: state.pointee.received, length: length & 0x7fff, isPoisoned: length & 0x8000 != 0)
        return true
      },
      receiveRelease: { context in
        let state = SharedMemoryOperations.state(context)
        guard state.pointee.hasFrame else { return }
        state.pointee.hasFrame = false
        state.pointee.reader.release()
      },
      armWait: { context in SharedMemoryOperations.state(context).arm() },
      transmitPoisoned: { context, length in SharedMemoryOperations.commit(context, length, isPoisoned: true) })
  }

  @inline(__always)
  private static func read(_ state: UnsafeMutablePointer<SharedMemoryState>) -> Bool {
    let length = state.pointee.reader.next(into: state.pointee.received)
    guard length != 0 else { return false }
    if state.pointee.isOver {
      // Whoever has gone must not keep this end for ever with memory that it still writes to.
      guard state.pointee.leftToRead > 0 else { return false }
      state.pointee.leftToRead &-= 1
    }
    state.pointee.receivedLength = length
    state.pointee.hasFrame = true
    return true
  }

  /// The ring is full: the other end is slow, or there is none any more.
  @inline(never)
  private static func full(_ state: UnsafeMutablePointer<SharedMemoryState>) -> UnsafeMutableRawPointer? {
    state.wakeReader()
    state.pointee.hasWritten = false
    state.tend()
    guard state.pointee.isLinked, !state.pointee.isOver else { return state.pointee.staged }
    state.pointee.counters.add(.transmitDropped)
    return nil
  }

  @inline(__always)
  private static func commit(_ context: UnsafeMutableRawPointer, _ length: Int, isPoisoned: Bool) -> Int32 {
    let state = state(context)
    guard state.pointee.isLinked, !state.pointee.isOver else { return TransmitOutcome.linkDown.rawValue }
    guard state.pointee.writer.readerState.pointee.load(ordering: .relaxed) != SharedMemoryLayout.ReaderState.gone
    else {
      state.end()
      return TransmitOutcome.linkDown.rawValue
    }
    guard length > 0, length <= SharedMemoryLayout.frameLimit else { return TransmitOutcome.oversize.rawValue }
    guard state.pointee.writer.hasRoom(length) else { return TransmitOutcome.congested.rawValue }
    state.pointee.writer.write(state.pointee.staged, length, isPoisoned: isPoisoned)
    state.pointee.hasWritten = true
    return TransmitOutcome.sent.rawValue
  }
}
