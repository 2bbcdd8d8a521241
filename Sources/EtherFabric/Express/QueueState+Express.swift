import EtherFabricFormats
import Synchronization

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_eventq_poll` of EFCT and EF10CT: frames first, then the event queue.
  func pollExpress(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    let count = pollOnce(express, into: output, capacity: capacity)
    guard count == 0, let service = pointee.service else { return count }
    service(pointee.context, InterfaceGrant.Reason.poll)
    return pollOnce(express, into: output, capacity: capacity)
  }

  @inline(__always)
  private func pollOnce(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    guard express.pointee.owner == nil else { return pollFrames(express, into: output, capacity: capacity) }
    // Room for an event is kept: frames that never end must not hold up completions.
    let kept = hasExpressEvent(0) ? 1 : 0
    let count = pollFrames(express, into: output, capacity: capacity &- kept)
    return count &+ pollEvents(express, into: output + count, capacity: capacity &- count)
  }

  /// `ef_receive_poll`. Frames of all queues, in the order of the queues.
  func receivePollExpress(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    let count = pollFrames(express, into: output, capacity: capacity)
    passReceiveEvents(express)
    guard count == 0, let service = pointee.service else { return count }
    service(pointee.context, InterfaceGrant.Reason.poll)
    return pollFrames(express, into: output, capacity: capacity)
  }

  /// Takes what tells of frames from the head of the event queue: a program that polls frames alone must not let it
  /// overflow, nor its superbufs wait for slots.
  private func passReceiveEvents(_ express: UnsafeMutablePointer<ExpressState>) {
    guard express.pointee.owner == nil else { return }
    while let word = expressEvent(pointee.eventPointer),
      ExpressEventWord(word: word).type == ExpressEventWord.Kind.receive,
      expressEvent(pointee.eventPointer &- 1) != nil
    {
      pointee.eventPointer &+= 1
      express.pointee.unusedEventSlots &+= ExpressReceiveEvent(word: word).freedSlots
    }
  }

  @inline(__always)
  private func pollFrames(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    let queueCount = express.pointee.queueCount
    if queueCount == 1 {
      return express.pointee.queues[0].poll(into: output, capacity: capacity, discards: express.pointee.discards)
    }
    return queueCount == 0 ? 0 : pollQueues(express, into: output, capacity: capacity)
  }

  @inline(never)
  private func pollQueues(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    let queueCount = express.pointee.queueCount
    var index = express.pointee.firstQueue
    var count = 0
    for _ in 0..<queueCount {
      count &+= express.pointee.queues[index].poll(
        into: output + count, capacity: capacity &- count, discards: express.pointee.discards)
      index = index &+ 1 == queueCount ? 0 : index &+ 1
      // A queue that fills every poll must not keep the others from their turn.
      if count == capacity {
        express.pointee.firstQueue = index
        return count
      }
    }
    express.pointee.firstQueue = 0
    return count
  }

  /// `ef_eventq_has_event` of EFCT and EF10CT.
  @usableFromInline
  func hasEventExpress(_ express: UnsafeMutablePointer<ExpressState>) -> Bool {
    if express.pointee.owner == nil, hasExpressEvent(0) { return true }
    for index in 0..<express.pointee.queueCount where express.pointee.queues[index].hasFrame() { return true }
    return false
  }

  /// Whether the event `ahead` of the next one is there: its phase is that of its lap.
  @inline(__always)
  func hasExpressEvent(_ ahead: UInt32) -> Bool { expressEvent(pointee.eventPointer &+ ahead) != nil }

  /// The event at a free-running index, nil where the slot has that of the lap before.
  @inline(__always)
  func expressEvent(_ index: UInt32) -> UInt64? {
    let word = pointee.events[Int(index & pointee.eventMask)].load(ordering: .acquiring)
    let expected = index & (pointee.eventMask &+ 1) != 0
    return (word & ExpressEventWord.phaseBit != 0) == expected ? word : nil
  }

  /// A receive buffer for which the ring has no room: the ring is full, or there is none.
  @usableFromInline
  func receiveWithoutRing() -> QueueError {
    if pointee.express != nil { return QueueError(.notImplemented) }
    return pointee.receiveMask == 0 ? QueueError(.noQueue) : QueueError(.ringFull, value: 1, limit: 0)
  }
}
