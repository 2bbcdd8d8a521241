import EtherFabricFormats

/// X4: the interface posts superbufs of its own, and finds out by their metadata what the adapter has filled.
extension UnsafeMutablePointer where Pointee == SuperbufQueue {
  /// Posts as many superbufs as the adapter takes.
  func postSuperbufs() {
    guard let state = pointee.state, let express = state.pointee.express else { return }
    let slots = pointee.generatesEvents ? SuperbufLayout.slots : 0
    while pointee.free >= 0, pointee.countAtAdapter < BufferPost.maximumOutstanding,
      express.events.pointee.unusedEventSlots >= slots
    {
      express.events.pointee.unusedEventSlots -= slots
      let number = pointee.free
      let superbuf = pointee.superbufs + Int(number)
      pointee.free = superbuf.pointee.next
      superbuf.pointee.next = -1
      superbuf.pointee.used = Int32(SuperbufLayout.slots)
      if pointee.countAtAdapter > 0 || pointee.countUnread > 0 {
        pointee.superbufs[Int(pointee.lastPosted)].next = number
      }
      let memory = pointee.base + Int(number) * SuperbufLayout.size
      // Every slot has what the first has, so that nothing old looks new.
      superbuf.pointee.sentinel = ~metadata(memory) & FrameMetadata.sentinelBit
      if pointee.countAtAdapter == 0 { pointee.oldestAtAdapter = number }
      if pointee.countUnread == 0 { pointee.oldestUnread = number }
      pointee.lastPosted = number
      pointee.countAtAdapter += 1
      pointee.countUnread += 1
      let post = BufferPost(
        address: pointee.address + UInt64(Int(number) * SuperbufLayout.size), sentinel: superbuf.pointee.sentinel != 0,
        rollover: false)
      state.command(pointee.postRegister, post.word)
    }
  }

  /// Passes the superbufs that the adapter is done with: whose last metadata are there, or which it left early.
  func updateFilled() {
    while pointee.countAtAdapter > 0, pointee.oldestAtAdapter >= 0 {
      let number = Int(pointee.oldestAtAdapter)
      let superbuf = pointee.superbufs[number]
      let last = address(of: (number + 1) * SuperbufLayout.slots - 1)
      guard
        superbuf.used < Int32(SuperbufLayout.slots)
          || metadata(last) & FrameMetadata.sentinelBit == superbuf.sentinel
      else { return }
      pointee.oldestAtAdapter = superbuf.next
      pointee.countAtAdapter -= 1
    }
  }

  func upcomingPosted() -> NextSuperbuf? {
    guard pointee.countUnread > 0 else { return nil }
    let number = Int(pointee.oldestUnread)
    return NextSuperbuf(
      number: number, sentinel: pointee.superbufs[number].sentinel, sequence: pointee.sequence &+ 1)
  }

  func takePosted(_ next: NextSuperbuf) {
    pointee.oldestUnread = pointee.superbufs[next.number].next
    pointee.countUnread -= 1
  }

  /// A superbuf of which no frame is out, to be posted again.
  func repost(_ superbuf: Int) {
    let used = Int(pointee.superbufs[superbuf].used)
    // The adapter is past it, before it joins another list and gets another sentinel.
    updateFilled()
    if used < SuperbufLayout.slots { fillUp(superbuf, from: used) }
    pointee.superbufs[superbuf].next = pointee.free
    pointee.free = Int32(superbuf)
    postSuperbufs()
  }

  /// Gives the metadata that the adapter did not write the sentinel of those that it wrote.
  private func fillUp(_ superbuf: Int, from used: Int) {
    for number in used..<SuperbufLayout.slots {
      let slot = address(of: superbuf * SuperbufLayout.slots + number)
      slot.storeBytes(of: pointee.superbufs[superbuf].sentinel, as: UInt64.self)
    }
  }

  /// Marks a slot so that the beginning of a frame shows.
  @inline(__always)
  func poison(_ slot: UnsafeMutableRawPointer) {
    slot.storeBytes(of: SuperbufLayout.futurePoison, toByteOffset: SuperbufLayout.futureOffset, as: UInt64.self)
  }

  /// The first posting. Superbufs go out last first, as those that come back do.
  func begin() {
    guard pointee.shared == nil else { return }
    for number in 0..<pointee.superbufCount * SuperbufLayout.slots { poison(address(of: number)) }
    for superbuf in 0..<pointee.superbufCount {
      pointee.superbufs[superbuf].next = pointee.free
      pointee.free = Int32(superbuf)
    }
    postSuperbufs()
  }
}
