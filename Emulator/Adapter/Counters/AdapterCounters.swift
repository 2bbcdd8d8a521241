import LiveCounters

/// Where the counters of an adapter lie: in a page that `efvi stats` shows while the process runs.
final class AdapterCounters {
  let page: CounterPage
  let port: UnsafeMutablePointer<PortCounters>
  let wire: WireCounterCells
  let receiveFaults: UnsafeMutablePointer<FaultCounters>
  let transmitFaults: UnsafeMutablePointer<FaultCounters>

  /// In the order of the page. Interfaces come behind the port, so that the first of them share its memory page.
  private enum Group: Int {
    case port, interface, eventQueue, wire, receiveFaults, transmitFaults, express, receiveQueue
  }

  static let groups = [
    PortCounters.group("port"), InterfaceCounters.group("interface", instances: PortState.interfaceLimit),
    EventQueueCounters.group("event_queue", instances: PortState.interfaceLimit), WireCounters.group("wire"),
    FaultCounters.group("fault_rx"), FaultCounters.group("fault_tx"),
    ExpressCounters.group("express", instances: PortState.interfaceLimit),
    QueueCounters.group("receive_queue", instances: ExpressParameters.ownQueues),
  ]

  /// Event queues in use, by slot of the page.
  private var eventQueues = [Bool](repeating: false, count: PortState.interfaceLimit)

  init(device: String, isShared: Bool, hasFaults: (receive: Bool, transmit: Bool)) {
    let page = CounterPage(device: device, groups: Self.groups, isShared: isShared)
    self.page = page
    func words<Counters>(_ group: Group, isShown: Bool = true, as: Counters.Type) -> UnsafeMutablePointer<Counters> {
      let words = isShown ? page.open(group: group.rawValue) : page.values(group: group.rawValue)
      return UnsafeMutableRawPointer(words).assumingMemoryBound(to: Counters.self)
    }
    port = words(.port, as: PortCounters.self)
    wire = WireCounterCells(words(.wire, as: WireCounters.self))
    receiveFaults = words(.receiveFaults, isShown: hasFaults.receive, as: FaultCounters.self)
    transmitFaults = words(.transmitFaults, isShown: hasFaults.transmit, as: FaultCounters.self)
  }

  func openInterface(_ index: UInt32) -> UnsafeMutablePointer<InterfaceCounters> {
    UnsafeMutableRawPointer(page.open(group: Group.interface.rawValue, instance: Int(index), tag: UInt64(index)))
      .assumingMemoryBound(to: InterfaceCounters.self)
  }

  func closeInterface(_ index: UInt32) { page.close(group: Group.interface.rawValue, instance: Int(index)) }

  /// What an interface of an X3 or X4 express counts besides.
  func openExpress(_ index: UInt32) -> UnsafeMutablePointer<ExpressCounters> {
    UnsafeMutableRawPointer(page.open(group: Group.express.rawValue, instance: Int(index), tag: UInt64(index)))
      .assumingMemoryBound(to: ExpressCounters.self)
  }

  func closeExpress(_ index: UInt32) { page.close(group: Group.express.rawValue, instance: Int(index)) }

  /// A receive queue of superbufs, by the hardware's number.
  func openReceiveQueue(_ number: UInt32) -> UnsafeMutablePointer<QueueCounters> {
    UnsafeMutableRawPointer(page.open(group: Group.receiveQueue.rawValue, instance: Int(number), tag: UInt64(number)))
      .assumingMemoryBound(to: QueueCounters.self)
  }

  func closeReceiveQueue(_ number: UInt32) { page.close(group: Group.receiveQueue.rawValue, instance: Int(number)) }

  /// - Parameter owner: the interface that the queue was allocated with.
  func openEventQueue(owner: UInt32) -> (slot: Int, counters: UnsafeMutablePointer<EventQueueCounters>) {
    // An owner that is gone may have left its queue to those who share it. There are no more queues than interfaces.
    let slot = eventQueues[Int(owner)] ? eventQueues.firstIndex(of: false)! : Int(owner)
    eventQueues[slot] = true
    let words = page.open(group: Group.eventQueue.rawValue, instance: slot, tag: UInt64(owner))
    return (slot, UnsafeMutableRawPointer(words).assumingMemoryBound(to: EventQueueCounters.self))
  }

  func closeEventQueue(_ slot: Int) {
    eventQueues[slot] = false
    page.close(group: Group.eventQueue.rawValue, instance: slot)
  }

  /// For the configuration.
  var description: String {
    switch page.location {
    case .shared: "live: see efvi stats"
    case .hidden(let reason): "not live: \(reason)"
    }
  }
}
