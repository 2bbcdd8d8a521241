import EtherFabric
import Glibc

/// A set of three members, two of them on one event queue, and beside them a sniffer and a virtual port that come and go.
/// Every buffer is known by its id, from its posting to the event that gives it back.
final class SpreadParty: Party {
  let name: String
  private final class Cell {
    var interface: VirtualInterface
    /// Members whose events come to this queue.
    let labels: [UInt8]
    init(_ interface: consuming VirtualInterface, labels: [UInt8]) {
      self.interface = interface
      self.labels = labels
    }
  }

  private static let posted = 248
  private static let slotSize = 2048

  private let driver: Driver
  private let domain: ProtectionDomain
  private let set: VirtualInterfaceSet
  private let memory: MemoryRegistration
  private var members: [Cell] = []
  private var outside: [Set<UInt32>] = []
  private var cookie: FilterCookie?
  private var guest: Endpoint?
  private var events = EventBatch(capacity: 32)
  private var faults: [String] = []
  private var received = [Int](repeating: 0, count: 3)
  private var guests = 0

  init(_ name: String, _ driver: Driver) throws {
    self.name = name
    self.driver = driver
    domain = try driver.allocateProtectionDomain()
    set = try domain.allocateVirtualInterfaceSet(count: 3)
    memory = try MemoryRegistration(domain, DMAMemory(byteCount: 3 * Self.posted * Self.slotSize, hugePages: .never))
    let options = InterfaceOptions(receiveCapacity: 512, transmitCapacity: 0)
    var shared = options
    shared.eventCapacity = 2048
    let first = try set.allocateVirtualInterface(index: 0, shared)
    let second = try set.allocateVirtualInterface(index: 1, options, sharingEventsOf: first)
    let third = try set.allocateVirtualInterface(index: 2, options)
    let labels = [[first.label, second.label], [third.label]]
    members = [Cell(first, labels: labels[0]), Cell(second, labels: []), Cell(third, labels: labels[1])]
    outside = members.indices.map { _ in [] }
    for index in members.indices { try fill(index, (0..<Self.posted).map { UInt32(index * Self.posted + $0) }) }
    cookie = try set.addFilter(.ethernet(Frames.setMAC))
  }

  private func fill(_ index: Int, _ ids: [UInt32]) throws {
    for id in ids {
      try members[index].interface.receiveInit(memory.dmaAddress(Int(id) * Self.slotSize), id: RequestID(id))
      outside[index].insert(id)
    }
    members[index].interface.receivePush()
  }

  func step(_ random: inout Random) throws {
    switch random.next(400) {
    case 0:
      if let old = cookie.take() {
        try set.removeFilter(old)
      } else {
        cookie = try set.addFilter(.ethernet(Frames.setMAC))
      }
    case 1..<4: try comeOrGo(&random)
    case 4..<60: drainGuest()
    default: for index in [0, 2] { _ = try poll(index) }
    }
  }

  /// A sniffer, or an interface of a virtual port that hears its own multicast.
  private func comeOrGo(_ random: inout Random) throws {
    if guest != nil {
      guest = nil
      return
    }
    let isPort = random.next(2) == 0
    let home =
      isPort
      ? try driver.allocateProtectionDomain(virtualPort: 7, flags: .multicastLoopback)
      : try driver.allocateProtectionDomain()
    let endpoint = try Endpoint(home, pool: PacketPool(home, count: 128, hugePages: .never))
    let filters: [FilterSpecification] =
      try isPort ? [.ethernet(Frames.setMAC)] : [.portSniff(promiscuous: random.next(2) == 0), .transmitPortSniff]
    for filter in filters { try endpoint.addFilter(filter) }
    guest = consume endpoint
    guests += 1
  }

  private func drainGuest() {
    guard guest != nil else { return }
    while let occurrence = guest?.next() {
      switch consume occurrence {
      case .received(let frame): frame.release()
      case .sent: break
      case .software: break
      default:
        guest = nil
        return
      }
    }
  }

  private func member(_ label: UInt8, of queue: Int) -> Int? {
    guard let place = members[queue].labels.firstIndex(of: label) else { return nil }
    return queue == 0 ? place : queue
  }

  private func poll(_ queue: Int) throws -> Bool {
    guard members[queue].interface.poll(&events) > 0 else { return false }
    var back: [(member: Int, id: UInt32)] = []
    for index in events.indices {
      switch events[index] {
      case .receive(let packet): back.append((member(packet.queue, of: queue) ?? -1, packet.id.rawValue))
      case .receiveDiscard(let packet): back.append((member(packet.queue, of: queue) ?? -1, packet.id.rawValue))
      case .receiveTruncated: break
      case .reset, .overflow:
        try restart(queue)
        return true
      case let event: faults.append("an event that a receiver does not have: \(event)")
      }
    }
    for (index, id) in back {
      guard outside.indices.contains(index), outside[index].remove(id) != nil else {
        faults.append("buffer \(id) came back twice, or to member \(index)")
        continue
      }
      received[index] += 1
      try fill(index, [id])
    }
    return true
  }

  /// A reset ends the event queue, and with it every ring on it. Their buffers are the program's again.
  private func restart(_ queue: Int) throws {
    try members[queue].interface.reinitializeEventQueue()
    for index in queue == 0 ? [0, 1] : [queue] {
      let ids = try members[index].interface.reinitializeReceiveQueue().map(\.rawValue)
      // What was completed by events that are lost is among them.
      if Set(ids) != outside[index] { faults.append("\(ids.count) of \(outside[index].count) buffers after a reset") }
      outside[index] = []
      try fill(index, ids)
    }
  }

  func drain() throws -> Bool {
    drainGuest()
    var came = false
    for queue in [0, 2] where try poll(queue) { came = true }
    return came
  }

  func finish() throws -> [String] {
    guest = nil
    for index in members.indices where outside[index].count != Self.posted {
      faults.append("member \(index) has \(outside[index].count) of \(Self.posted) buffers")
    }
    for index in members.indices where members[index].interface.receiveFillLevel != Self.posted {
      faults.append("ring \(index) has \(members[index].interface.receiveFillLevel) of \(Self.posted) buffers")
    }
    if received.contains(0) { faults.append("frames of the members: \(received)") }
    if guests == 0 { faults.append("no sniffer and no virtual port ever came") }
    return faults
  }
}
