import EtherFabric
import EtherFabricFormats
import Glibc
import Synchronization

extension EmulatedAdapter {
  private static let attachCall = "VirtualInterface.addFilter"

  /// What attaches an interface to the queue that a filter of it steers to. On X3 the driver brings the superbufs:
  /// `superbufs` of them, rounded up to full huge pages, are what the interface may hold. On X4 the interface posts its
  /// own, and gets an event for each frame if its event queue has room for as many as there are slots.
  public func attachReceiveQueue(
    _ queue: Int, superbufs: Int, interface: UInt32
  ) throws(EtherFabricError) -> ReceiveQueueGrant {
    try locked { state throws(EtherFabricError) in
      guard let memory = state.interfaces[interface], let express = memory.state.pointee.express else {
        throw attachRefusal(
          EOPNOTSUPP, "interface \(interface) has no receive queues of superbufs", "Use an interface of an X3 or X4.")
      }
      try check(queue, superbufs, interface, express)
      let isEFCT = express.pointee.isEFCT
      let allowed = isEFCT ? (superbufs + 1) & ~1 : superbufs
      if isEFCT { try provide(allowed, queue, &state) }
      return port.withClaim {
        port.takeEarlierFrames()
        return attach(queue, superbufs: allowed, memory.state, express, state.superbufs[queue])
      }
    }
  }

  private func attachRefusal(_ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError(Self.attachCall, errno: errno, reason: reason, remedy: remedy)
  }

  private func check(
    _ queue: Int, _ superbufs: Int, _ interface: UInt32, _ express: UnsafeMutablePointer<ExpressInterfaceState>
  ) throws(EtherFabricError) {
    let limit = express.pointee.parameters.receiveQueues
    guard (0..<limit).contains(queue) else {
      throw attachRefusal(EINVAL, "receive queue \(queue)", "The adapter has 0 to \(limit - 1).")
    }
    guard (1...SuperbufLayout.maximumSuperbufs).contains(superbufs) else {
      throw attachRefusal(
        EINVAL, "\(superbufs) superbufs", "Ask for 1 to \(SuperbufLayout.maximumSuperbufs) (a MiB each).")
    }
    for index in 0..<express.pointee.attachmentCount
    where express.pointee.attachments[index]?.pointee.queue.pointee.number == UInt32(queue) {
      throw attachRefusal(EALREADY, "receive queue \(queue) is attached to interface \(interface)", "Go on.")
    }
    guard express.pointee.attachmentCount < SuperbufLayout.maximumQueues else {
      throw attachRefusal(
        ENOSPC, "interface \(interface) has its \(SuperbufLayout.maximumQueues) receive queues",
        "Steer filters to a queue that it has.")
    }
    if !express.pointee.isEFCT, port.pointee.queues[queue] != nil {
      throw attachRefusal(EPERM, "receive queue \(queue) is another interface's", "Leave the queue to the adapter.")
    }
  }

  /// Memory for an X3 queue with `allowed` superbufs more than it has.
  private func provide(_ allowed: Int, _ queue: Int, _ state: inout ControlState) throws(EtherFabricError) {
    let before = port.pointee.queues[queue]?.pointee.shared?.pointee.allowed ?? 0
    let wanted = before + allowed + SharedSuperbufs.reserve
    guard wanted <= SharedSuperbufs.limit else {
      throw attachRefusal(
        EINVAL, "receive queue \(queue) would need \(wanted) superbufs",
        "All its interfaces together have \(SharedSuperbufs.limit - SharedSuperbufs.reserve).")
    }
    if let memory = state.superbufs[queue] { return try memory.grow(to: wanted) }
    let memory = try SuperbufMemory()
    try memory.grow(to: wanted)
    state.superbufs[queue] = memory
  }

  private func attach(
    _ number: Int, superbufs: Int, _ interface: UnsafeMutablePointer<InterfaceState>,
    _ express: UnsafeMutablePointer<ExpressInterfaceState>, _ memory: SuperbufMemory?
  ) -> ReceiveQueueGrant {
    let queue = port.pointee.queues[number] ?? makeQueue(number, interface, memory)
    let attachment = UnsafeMutablePointer<QueueAttachment>.allocate(capacity: 1)
    attachment.initialize(to: QueueAttachment(queue: queue, interface: interface, allowed: superbufs))
    attachment.pointee.next = queue.pointee.attachments
    queue.pointee.attachments = attachment
    express.pointee.attachments[express.pointee.attachmentCount] = attachment
    express.pointee.attachmentCount += 1
    var grant = ReceiveQueueGrant(
      queue: number, superbufCount: superbufs, postRegister: ExpressParameters.postRegister(number))
    guard let shared = queue.pointee.shared, let memory else {
      let slots = superbufs * SuperbufLayout.slots
      queue.pointee.generatesEvents = slots <= express.pointee.receiveEventSlots
      if queue.pointee.generatesEvents { express.pointee.receiveEventSlots -= slots }
      grant.generatesEvents = queue.pointee.generatesEvents
      return grant
    }

    attachment.pointee.storeTimeSync(port.pointee.clock.expressSyncWord(port.pointee.clock.now()))
    attachment.pointee.area.storeBytes(
      of: Int8(number), toByteOffset: SharedReceiveQueue.queue, as: Int8.self)
    attachment.pointee.count(SharedReceiveQueue.generation)
    queue.join(attachment, shared)
    if shared.pointee.commit(memory.count, counting: &queue.pointee.counters) { queue.tellGeneration() }
    queue.rollOver()
    attachment.pointee.field(SharedReceiveQueue.slots).pointee
      .store(UInt32(SuperbufLayout.slots), ordering: .releasing)
    grant.superbufs = memory.base
    grant.superbufCount = SuperbufLayout.maximumSuperbufs
    grant.shared = attachment.pointee.area
    grant.hasHugePages = memory.hasHugePages
    grant.memory = memory
    return grant
  }

  private func makeQueue(
    _ number: Int, _ interface: UnsafeMutablePointer<InterfaceState>, _ memory: SuperbufMemory?
  ) -> UnsafeMutablePointer<ReceiveQueueState> {
    let queue = UnsafeMutablePointer<ReceiveQueueState>.allocate(capacity: 1)
    queue.initialize(
      to: ReceiveQueueState(number: UInt32(number), counters: counters.openReceiveQueue(UInt32(number))))
    if let memory {
      let shared = UnsafeMutablePointer<SharedSuperbufs>.allocate(capacity: 1)
      shared.initialize(to: SharedSuperbufs(base: memory.base))
      queue.pointee.shared = shared
    } else {
      let posted = UnsafeMutablePointer<PostedSuperbufs>.allocate(capacity: 1)
      posted.initialize(to: PostedSuperbufs(owner: interface))
      queue.pointee.posted = posted
      queue.pointee.slot = SuperbufLayout.slots
    }
    port.pointee.queues[number] = queue
    return queue
  }

  /// Lets go of all queues of an interface, under the claim of the port. Returns the numbers of those that nobody reads
  /// any more: their memory is free.
  func detachAll(_ interface: UnsafeMutablePointer<InterfaceState>) -> [Int] {
    guard let express = interface.pointee.express else { return [] }
    var unused: [Int] = []
    for index in 0..<express.pointee.attachmentCount {
      guard let attachment = express.pointee.attachments[index] else { continue }
      let queue = attachment.pointee.queue
      attachment.pointee.field(SharedReceiveQueue.slots).pointee.store(0, ordering: .releasing)
      if let shared = queue.pointee.shared { queue.leave(attachment, shared) }
      queue.unlink(attachment)
      attachment.pointee.deallocate()
      attachment.deallocate()
      if queue.pointee.attachments != nil {
        if let shared = queue.pointee.shared { queue.settle(shared) }
      } else {
        unused.append(Int(queue.pointee.number))
        port.pointee.finishedQueues = port.pointee.finishedQueues + queue.pointee.counters
        counters.closeReceiveQueue(queue.pointee.number)
        port.pointee.queues[Int(queue.pointee.number)] = nil
        queue.destroy()
      }
    }
    express.pointee.attachmentCount = 0
    port.pointee.finishedExpress = port.pointee.finishedExpress + express.pointee.counters
    counters.closeExpress(interface.pointee.index)
    return unused
  }
}

extension SharedSuperbufs {
  /// Gives superbufs to the hardware that it did not have. False where there were none.
  fileprivate mutating func commit(_ count: Int, counting counters: inout QueueCounters) -> Bool {
    let more = commit(count)
    counters.posted &+= UInt64(more)
    return more > 0
  }
}

extension UnsafeMutablePointer where Pointee == ReceiveQueueState {
  /// The memory behind the superbufs has changed.
  fileprivate func tellGeneration() {
    var attachment = pointee.attachments
    while let next = attachment {
      next.pointee.count(SharedReceiveQueue.generation)
      attachment = next.pointee.next
    }
  }

  fileprivate func unlink(_ gone: UnsafeMutablePointer<QueueAttachment>) {
    guard pointee.attachments != gone else {
      pointee.attachments = gone.pointee.next
      return
    }
    var attachment = pointee.attachments
    while let next = attachment {
      if next.pointee.next == gone { next.pointee.next = gone.pointee.next }
      attachment = next.pointee.next
    }
  }

  fileprivate func destroy() {
    pointee.shared?.pointee.deallocate()
    pointee.shared?.deallocate()
    pointee.posted?.pointee.deallocate()
    pointee.posted?.deallocate()
    deinitialize(count: 1)
    deallocate()
  }
}
