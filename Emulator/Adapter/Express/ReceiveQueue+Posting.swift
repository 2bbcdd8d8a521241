import EtherFabric
import EtherFabricFormats

/// X4: the superbufs that an interface posts.
extension UnsafeMutablePointer where Pointee == ReceiveQueueState {
  /// X4: whether the superbuf in use has a slot left.
  var hasRoom: Bool { pointee.address != 0 && pointee.slot < SuperbufLayout.slots }

  /// Takes the next posted superbuf into use. False where there is none.
  func takePosted(_ posted: UnsafeMutablePointer<PostedSuperbufs>) -> Bool {
    guard posted.pointee.count > 0, !pointee.attention.contains(.starved) else {
      pointee.address = 0
      pointee.slot = SuperbufLayout.slots
      return false
    }
    let word = posted.pointee.words[Int(posted.pointee.removed) % BufferPost.maximumOutstanding]
    posted.pointee.removed &+= 1
    let post = BufferPost(word: word)
    pointee.address = post.address
    pointee.sentinel = post.sentinel ? FrameMetadata.sentinelBit : 0
    pointee.slot = 0
    return true
  }

  /// `EFCT_RX_BUFFER_POST`: a store to the queue's post register.
  func post(_ post: BufferPost, _ posted: UnsafeMutablePointer<PostedSuperbufs>, _ translation: TranslationTable) {
    let owner = posted.pointee.owner
    guard !pointee.attention.contains(.stopped) else {
      owner.pointee.express?.pointee.counters.refusedCommands &+= 1
      return
    }
    guard translation.isContiguous(post.address, length: SuperbufLayout.size, domain: owner.pointee.domain) else {
      stop(owner)
      return
    }
    if post.rollover { leavePosted(posted, translation) }
    // The one in use counts as long as it has a slot left.
    guard Int(posted.pointee.count) + (hasRoom ? 1 : 0) < BufferPost.maximumOutstanding else {
      pointee.counters.postsLost &+= 1
      return
    }
    posted.pointee.words[Int(posted.pointee.added) % BufferPost.maximumOutstanding] = post.word
    posted.pointee.added &+= 1
    pointee.counters.posted &+= 1
  }

  /// A posted superbuf is not the interface's to write to: the queue stops, and an event says so.
  func stop(_ owner: UnsafeMutablePointer<InterfaceState>) {
    pointee.attention.insert(.stopped)
    pointee.counters.faults &+= 1
    owner.postError(
      isReceive: true, label: Int(pointee.number), reason: .badBufferAddress,
      queue: UInt8(truncatingIfNeeded: pointee.number))
  }

  /// Starts a queue that stopped: nothing is posted.
  func restart() {
    publishHeld()
    guard let posted = pointee.posted else { return }
    posted.pointee.removed = posted.pointee.added
    pointee.address = 0
    pointee.slot = SuperbufLayout.slots
    pointee.attention.remove(.stopped)
  }
}

extension TranslationTable {
  /// Whether all of these bytes are the domain's, and lie one behind the other for the CPU as well.
  func isContiguous(_ address: UInt64, length: Int, domain: UInt32) -> Bool {
    guard let first = translate(address, length: 1, domain: domain) else { return false }
    for offset in stride(from: 0, to: length, by: 4096) {
      guard translate(address &+ UInt64(offset), length: 1, domain: domain) == first + offset else { return false }
    }
    return true
  }
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// A store to the post register of a queue. False where the interface has none there.
  func postSuperbuf(_ post: BufferPost, register: Int, _ interface: UnsafeMutablePointer<InterfaceState>) -> Bool {
    guard register & 7 == 0 else { return false }
    let number = (register - ExpressParameters.firstPostRegister) / 8
    guard let queue = pointee.queues[number], let posted = queue.pointee.posted, posted.pointee.owner == interface
    else { return false }
    // Frames that are on the wire came before, and meet the queue as it was.
    if !pointee.watchesDoorbells, !pointee.waitsForPoll { receiveFromWire(budget: PortState.doorbellBudget) }
    queue.post(post, posted, pointee.translation)
    return true
  }
}
