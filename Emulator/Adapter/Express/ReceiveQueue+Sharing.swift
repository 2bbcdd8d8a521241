import EtherFabricFormats
import Synchronization

/// The driver's half of an X3 queue: which interface gets which superbuf, and when one is free again.
extension UnsafeMutablePointer where Pointee == ReceiveQueueState {
  /// Begins the next superbuf: shows it to the interfaces. False where there is none.
  func begin(_ shared: UnsafeMutablePointer<SharedSuperbufs>) -> Bool {
    takeBack(shared)
    guard !pointee.attention.contains(.starved) else { return false }
    // Interfaces that are behind lose the oldest.
    if shared.pointee.used >= shared.pointee.allowed { skip(shared) }
    guard shared.pointee.freeAdded != shared.pointee.freeRemoved else { return false }
    let number = Int(shared.pointee.free[SharedSuperbufs.place(shared.pointee.freeRemoved)])
    shared.pointee.freeRemoved &+= 1
    let sentinel = shared.pointee.sentinels[number]
    let superbuf = shared.pointee.superbuf(number)
    Self.prepareFirstSlot(superbuf, sentinel: sentinel)

    let sequence = shared.pointee.added
    shared.pointee.references[number] = 2
    shared.pointee.started[SharedSuperbufs.place(sequence)] = SharedSuperbufs.word(
      number, sentinel: sentinel, sequence: sequence)
    shared.pointee.contents[SharedSuperbufs.place(sequence)] = SharedSuperbufs.Contents()
    shared.pointee.added &+= 1
    shared.pointee.used += 1
    shared.pointee.next = superbuf
    shared.pointee.nextSentinel = sentinel ? FrameMetadata.sentinelBit : 0
    showToAll(shared)
    return true
  }

  /// Moves on to the superbuf that was begun. What was in use before is the hardware's no more.
  func moveOn(_ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    if pointee.superbuf != nil { end(shared) }
    pointee.superbuf = shared.pointee.next
    pointee.sentinel = shared.pointee.nextSentinel
    pointee.slot = 0
    shared.pointee.next = nil
    shared.pointee.framesBefore = pointee.counters.frames
    shared.pointee.bytesBefore = pointee.counters.bytes
  }

  /// The metadata of the first slot tell of no frame of this superbuf, and may never be written: they get the sentinel,
  /// which the next use is told from. The first frame is yet to come.
  private static func prepareFirstSlot(_ superbuf: UnsafeMutableRawPointer, sentinel: Bool) {
    superbuf.storeBytes(
      of: SuperbufLayout.futurePoison, toByteOffset: SuperbufLayout.futureOffset, as: UInt64.self)
    superbuf.assumingMemoryBound(to: Atomic<UInt64>.self).pointee
      .store(sentinel ? 0 : FrameMetadata.sentinelBit, ordering: .relaxed)
  }

  /// The hardware is done with the oldest superbuf that it has begun.
  private func end(_ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    let sequence = shared.pointee.removed
    let number = shared.pointee.number(at: sequence)
    shared.pointee.contents[SharedSuperbufs.place(sequence)] = SharedSuperbufs.Contents(
      frames: UInt32(truncatingIfNeeded: pointee.counters.frames &- shared.pointee.framesBefore),
      bytes: UInt32(truncatingIfNeeded: pointee.counters.bytes &- shared.pointee.bytesBefore))
    shared.pointee.removed &+= 1
    if shared.pointee.used > shared.pointee.allowed { skip(shared) }
    _ = drop(number, shared)
  }

  /// One reference less; the last makes the superbuf free.
  private func drop(_ number: Int, _ shared: UnsafeMutablePointer<SharedSuperbufs>) -> Bool {
    shared.pointee.references[number] -= 1
    guard shared.pointee.references[number] == 0 else { return false }
    shared.pointee.used -= 1
    shared.pointee.sentinels[number].toggle()
    shared.pointee.post(number)
    pointee.counters.posted &+= 1
    return true
  }

  /// Leaves out the oldest superbufs that interfaces are yet to get, until one is free.
  private func skip(_ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    while shared.pointee.oldest.precedes(shared.pointee.removed) {
      let number = shared.pointee.number(at: shared.pointee.oldest)
      shared.pointee.oldest &+= 1
      if drop(number, shared) { return }
    }
  }

  /// Shows an interface the superbuf that it gets next. False where it can have none now.
  private func show(
    _ attachment: UnsafeMutablePointer<QueueAttachment>, _ shared: UnsafeMutablePointer<SharedSuperbufs>
  ) -> Bool {
    guard !attachment.pointee.isLeaving, attachment.pointee.nextSequence != shared.pointee.added else { return false }
    guard attachment.pointee.owned < attachment.pointee.allowed else {
      attachment.pointee.count(SharedReceiveQueue.tooManyOwned)
      return false
    }
    let added = attachment.pointee.field(SharedReceiveQueue.filledAdded)
    let place = added.pointee.load(ordering: .relaxed)
    let removed = attachment.pointee.field(SharedReceiveQueue.filledRemoved).pointee.load(ordering: .acquiring)
    guard place &- removed < UInt32(SharedReceiveQueue.capacity) else {
      attachment.pointee.count(SharedReceiveQueue.noRoom)
      return false
    }
    catchUp(attachment, shared)
    let sequence = attachment.pointee.nextSequence
    let word = shared.pointee.started[SharedSuperbufs.place(sequence)]
    let number = Int(word & 0xffff)
    attachment.pointee.nextSequence = sequence &+ 1
    shared.pointee.references[number] += 1
    attachment.pointee.owned += 1
    attachment.pointee.setOwned(number)
    let offset = SharedReceiveQueue.filled + Int(place) % SharedReceiveQueue.capacity * 8
    attachment.pointee.area.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
    added.pointee.store(place &+ 1, ordering: .releasing)
    return true
  }

  /// An interface that is behind goes on with the oldest superbuf that there is: it sees the gap in the sequence.
  private func catchUp(
    _ attachment: UnsafeMutablePointer<QueueAttachment>, _ shared: UnsafeMutablePointer<SharedSuperbufs>
  ) {
    let oldest = shared.pointee.oldest
    guard attachment.pointee.nextSequence.precedes(oldest) else { return }
    let missed = oldest &- attachment.pointee.nextSequence
    attachment.pointee.count(SharedReceiveQueue.skipped, by: missed)
    attachment.pointee.skipped &+= UInt64(missed)
    pointee.counters.skipped &+= UInt64(missed)
    while attachment.pointee.nextSequence != oldest {
      let contents = shared.pointee.contents[SharedSuperbufs.place(attachment.pointee.nextSequence)]
      attachment.pointee.skippedFrames &+= UInt64(contents.frames)
      attachment.pointee.skippedBytes &+= UInt64(contents.bytes)
      pointee.counters.skippedFrames &+= UInt64(contents.frames)
      attachment.pointee.nextSequence &+= 1
    }
  }

  private func showToAll(_ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    var isShown = false
    var attachment = pointee.attachments
    while let next = attachment {
      if show(next, shared) { isShown = true }
      attachment = next.pointee.next
    }
    if isShown { advanceOldest(shared) }
  }

  /// What all interfaces have got is referred to by the list no more.
  private func advanceOldest(_ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    var least = shared.pointee.added
    var attachment = pointee.attachments
    while let next = attachment {
      catchUp(next, shared)
      if next.pointee.nextSequence.precedes(least) { least = next.pointee.nextSequence }
      attachment = next.pointee.next
    }
    while shared.pointee.oldest.precedes(least) {
      let number = shared.pointee.number(at: shared.pointee.oldest)
      shared.pointee.oldest &+= 1
      _ = drop(number, shared)
    }
  }

  /// Takes back what the interfaces are done with, and shows them what they can have instead.
  func takeBack(_ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    var attachment = pointee.attachments
    while let next = attachment {
      takeBack(from: next, shared)
      attachment = next.pointee.next
    }
  }

  func takeBack(
    from attachment: UnsafeMutablePointer<QueueAttachment>, _ shared: UnsafeMutablePointer<SharedSuperbufs>
  ) {
    let added = attachment.pointee.field(SharedReceiveQueue.freeAdded).pointee.load(ordering: .acquiring)
    let removed = attachment.pointee.field(SharedReceiveQueue.freeRemoved)
    var place = removed.pointee.load(ordering: .relaxed)
    guard place != added else { return }
    // A program that writes nonsense is not followed round the ring.
    for _ in 0..<SharedReceiveQueue.capacity where place != added {
      let offset = SharedReceiveQueue.free + Int(place) % SharedReceiveQueue.capacity * 2
      let number = Int(attachment.pointee.area.load(fromByteOffset: offset, as: UInt16.self))
      place &+= 1
      guard number < SharedSuperbufs.limit, attachment.pointee.owns(number) else { continue }
      giveBack(number, attachment, shared)
    }
    removed.pointee.store(place, ordering: .releasing)
  }

  private func giveBack(
    _ number: Int, _ attachment: UnsafeMutablePointer<QueueAttachment>,
    _ shared: UnsafeMutablePointer<SharedSuperbufs>
  ) {
    attachment.pointee.clearOwned(number)
    attachment.pointee.owned -= 1
    _ = drop(number, shared)
    if show(attachment, shared) { advanceOldest(shared) }
  }

  /// An interface begins with the superbuf that is begun next.
  func join(_ attachment: UnsafeMutablePointer<QueueAttachment>, _ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    attachment.pointee.nextSequence = shared.pointee.added
    shared.pointee.allowed += Int(attachment.pointee.allowed)
  }

  /// An interface holds nothing any more, and is offered nothing.
  func leave(_ attachment: UnsafeMutablePointer<QueueAttachment>, _ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    attachment.pointee.isLeaving = true
    for number in 0..<shared.pointee.committed where attachment.pointee.owns(number) {
      giveBack(number, attachment, shared)
    }
    shared.pointee.allowed -= Int(attachment.pointee.allowed)
  }

  /// After `leave` and out of the list: what only that interface was yet to get.
  func settle(_ shared: UnsafeMutablePointer<SharedSuperbufs>) {
    while shared.pointee.used > shared.pointee.allowed, shared.pointee.oldest.precedes(shared.pointee.removed) {
      skip(shared)
    }
    advanceOldest(shared)
  }
}
