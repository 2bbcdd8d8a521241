import EtherFabricFormats
import Glibc

extension InterfaceResource {
  private static let call = "VirtualInterface.addFilter"

  /// Attaches an EFCT or EF10CT interface to the receive queue that one of its filters steers to, unless it is.
  func attachReceiveQueue(of cookie: FilterCookie) throws(EtherFabricError) {
    guard let express = state.pointee.express, !cookie.kind.isSubset(of: .blockers) else { return }
    let info = try domain.driver.backend.query(cookie, interface: grant.resource)
    guard info.validFields.contains(.receiveQueue) else { return }
    let number = Int(info.receiveQueue)
    for index in 0..<express.pointee.queueCount where Int(express.pointee.queues[index].pointee.number) == number {
      return
    }
    guard express.pointee.queueCount < express.pointee.queueLimit, number <= Int(UInt8.max) else {
      throw EtherFabricError(
        Self.call, errno: ENOSPC,
        reason: "the interface has all of the \(express.pointee.queueLimit) receive queues that it can have",
        remedy: "Steer to one of them with FilterSpecification.destination, or use another interface.")
    }
    let wanted = max(1, SuperbufLayout.superbufs(forEntries: grant.receiveCapacity))
    let own = express.pointee.isEFCT ? nil : try allocateSuperbufs(wanted)
    let queue: ReceiveQueueGrant
    do throws(EtherFabricError) {
      queue = try domain.driver.backend.attachReceiveQueue(number, superbufs: wanted, interface: grant.resource)
    } catch {
      guard error.errno == EALREADY else { throw error }
      return
    }
    try attach(queue, own, express)
  }

  /// Memory for superbufs that this interface posts itself.
  private func allocateSuperbufs(_ count: Int) throws(EtherFabricError) -> MemoryRegistration {
    let node = domain.driver.identity.numaNode
    let memory = try DMAMemory(
      byteCount: count * SuperbufLayout.size, hugePages: .preferred, node: node >= 0 ? node : nil)
    return try MemoryRegistration(domain, memory)
  }

  private func attach(
    _ queue: ReceiveQueueGrant, _ own: MemoryRegistration?, _ express: UnsafeMutablePointer<ExpressState>
  ) throws(EtherFabricError) {
    var queue = queue
    let parameters = express.pointee.parameters
    let base = own?.base ?? queue.superbufs
    if let own { queue.superbufCount = min(queue.superbufCount, own.count / SuperbufLayout.size) }
    guard let base, parameters.isSupported, (1...SuperbufLayout.maximumSuperbufs).contains(queue.superbufCount),
      own == nil || (parameters.metadataOffset == 0 && queue.shared == nil), own != nil || queue.shared != nil
    else {
      throw EtherFabricError(
        Self.call, errno: EOPNOTSUPP, reason: "receive queue \(queue.queue) is laid out as no adapter known has it",
        remedy: "Report this, with the device string.")
    }
    guard !queue.generatesEvents || express.events.pointee.eventSlots >= SuperbufLayout.slots else {
      throw EtherFabricError(
        Self.call, errno: ENOSPC,
        reason: "receive queue \(queue.queue) puts an event for each frame into an event queue that holds "
          + "\(express.events.pointee.eventSlots): not those of one superbuf",
        remedy: "Allocate the interface with InterfaceOptions.eventCapacity of 1024 or more, or nil.")
    }
    let index = express.pointee.queueCount
    let core = UnsafeMutablePointer<PoolCore>.allocate(capacity: 1)
    core.initialize(to: PoolCore(superbufs: base, count: queue.superbufCount * SuperbufLayout.slots))
    let memory: AnyObject = own?.owned ?? queue.memory ?? domain.driver.backend
    let state = UnsafeMutablePointer<SuperbufQueue>.allocate(capacity: 1)
    state.initialize(
      to: SuperbufQueue(
        grant: queue, index: index, parameters: parameters, state: self.state, base: base,
        address: own?.address.rawValue ?? 0, hasHugePages: own?.owned?.obtainedHugePages ?? queue.hasHugePages,
        memory: memory, core: core))
    core.pointee.superbufs = state
    core.pointee.copies = pool
    if let own { superbufs.append(own) }
    (express.pointee.queues + index).initialize(to: state)
    express.pointee.queueCount = index + 1
    state.begin()
  }

  /// The endpoint on this interface goes: its pool takes no copies any more.
  func forgetPool() {
    pool = nil
    guard let express = state.pointee.express else { return }
    for index in 0..<express.pointee.queueCount { express.pointee.queues[index].pointee.core.pointee.copies = nil }
  }
}

extension FilterKind {
  /// Filters that steer nothing here.
  static let blockers: FilterKind = [.blockKernel, .blockKernelUnicast, .blockKernelMulticast]
}
