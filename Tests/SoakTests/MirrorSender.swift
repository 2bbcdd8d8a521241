import EtherFabric
import Glibc

/// Sends on the mirror level in every way that EF10 has, and keeps the request ids that have not come back.
final class MirrorSender: Party {
  let name: String
  private final class Cell {
    var interface: VirtualInterface
    init(_ interface: consuming VirtualInterface) { self.interface = interface }
  }

  private static let slots = 256
  private static let slotSize = 4096

  private let domain: ProtectionDomain
  private let memory: MemoryRegistration
  private let pio: PIOBuffer
  private let own: MACAddress
  private let peers: [MACAddress]
  private let hasCutThrough: Bool
  private var cell: Cell?
  private var events = EventBatch(capacity: 32)

  private var number: UInt32 = 0
  private var owed: Set<UInt32> = []
  /// The send from the PIO buffer, whose bytes have to stay until it is complete.
  private var pioID: UInt32?
  /// Frames in an alternative that have still to leave it.
  private var inAlternative = 0
  /// Ids of these that have not come back: a ring that stopped before them never puts them in.
  private var forAlternative: Set<UInt32> = []
  private var faults: [String] = []
  private(set) var completed = 0
  private(set) var failed = 0
  private(set) var leftAlternatives = 0

  init(_ name: String, _ driver: Driver, peers: [MACAddress]) throws {
    self.name = name
    own = driver.identity.macAddress
    self.peers = peers
    hasCutThrough = driver.identity.generation != .sfc8000
    domain = try driver.allocateProtectionDomain()
    memory = try MemoryRegistration(domain, DMAMemory(byteCount: Self.slots * Self.slotSize, hugePages: .never))
    pio = try domain.allocatePIO()
    try make()
  }

  private func make() throws {
    cell = nil
    var flags: InterfaceFlags = .transmitAlternatives
    if hasCutThrough { flags.insert(.cutThrough) }
    let new = Cell(try domain.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 0, flags: flags)))
    try new.interface.linkPIO(pio)
    try new.interface.allocateAlternatives(2, bytes: 16384)
    cell = new
  }

  func step(_ random: inout Random) throws {
    guard let cell else { return try make() }
    let way = random.next(100)
    guard way < 60 else {
      _ = try poll(cell)
      return
    }
    // Ids come back in order, so that a slot is free when its id of the last round is.
    guard owed.count < Self.slots / 2, cell.interface.transmitSpace >= 32 else { return }
    switch way {
    case 0..<15: try plain(cell, &random)
    case 15..<27: try vector(cell, &random)
    case 27..<37: try fromPIO(cell, &random)
    case 37..<50: try cutThrough(cell, &random)
    case 50..<58: try alternative(cell, &random)
    case 58: if random.next(8) == 0, inAlternative == 0 { try fault(cell) }
    default: try undone(cell, &random)
    }
  }

  /// A new id with its frame.
  private func frame(_ random: inout Random, most: Int = 1500) -> (id: RequestID, offset: Int, length: Int) {
    number += 1
    let offset = Int(number) % Self.slots * Self.slotSize
    let length = 60 + random.next(most - 60)
    memset(memory.base + offset, Int32(random.next(256)), length)
    Frames.write(
      to: peers[random.next(peers.count)], from: own, flow: random.next(256), at: memory.base + offset, length: length)
    owed.insert(number)
    return (RequestID(number), offset, length)
  }

  private func plain(_ cell: Cell, _ random: inout Random) throws {
    for _ in 0...random.next(4) {
      let (id, offset, length) = frame(&random)
      try cell.interface.transmitInit(memory.dmaAddress(offset), length: length, id: id)
    }
    cell.interface.transmitPush()
  }

  private func vector(_ cell: Cell, _ random: inout Random) throws {
    let (id, offset, length) = frame(&random)
    let parts = 2 + random.next(4)
    let fragments = (0..<parts).map { part in
      let start = length * part / parts
      return DMAFragment(
        address: memory.dmaAddress(offset + start), length: length * (part + 1) / parts - start)
    }
    try fragments.withUnsafeBufferPointer { pointer throws(QueueError) in
      try cell.interface.transmitVector(pointer, id: id)
    }
  }

  private func fromPIO(_ cell: Cell, _ random: inout Random) throws {
    guard pioID == nil else { return }
    let (id, offset, length) = frame(&random, most: 1000)
    pioID = id.rawValue
    let bytes = UnsafeRawBufferPointer(start: memory.base + offset, count: length)
    try cell.interface.transmitCopyPIO(bytes, offset: 64 * random.next(4), id: id)
  }

  private func cutThrough(_ cell: Cell, _ random: inout Random) throws {
    guard hasCutThrough else { return }
    let (id, offset, length) = frame(&random)
    let bytes = UnsafeRawBufferPointer(start: memory.base + offset, count: length)
    cell.interface.transmitCutThrough(bytes, threshold: random.next(2) == 0 ? 64 : CutThrough.storeAndForward)
    try cell.interface.transmitCutThroughFallback(memory.dmaAddress(offset), length: length, id: id)
  }

  /// Frames into an alternative, which then sends or drops them.
  private func alternative(_ cell: Cell, _ random: inout Random) throws {
    guard inAlternative == 0 else { return }
    let number = random.next(2)
    try cell.interface.stopAlternative(number)
    try cell.interface.selectAlternative(number)
    let count = 1 + random.next(3)
    for _ in 0..<count {
      let (id, offset, length) = frame(&random)
      forAlternative.insert(id.rawValue)
      try cell.interface.transmitInit(memory.dmaAddress(offset), length: length, id: id)
    }
    try cell.interface.selectNormalTransmit()
    cell.interface.transmitPush()
    inAlternative = count
    if random.next(4) == 0 {
      try cell.interface.discardAlternative(number)
    } else {
      try cell.interface.goAlternative(number)
    }
  }

  /// A descriptor of memory that nobody registered stops the ring, with good ones behind it.
  private func fault(_ cell: Cell) throws {
    var random = Random(state: UInt64(number))
    let (bad, _, length) = frame(&random)
    try cell.interface.transmitInit(DMAAddress(rawValue: 0), length: length, id: bad)
    try plain(cell, &random)
  }

  private func undone(_ cell: Cell, _ random: inout Random) throws {
    let (id, offset, length) = frame(&random)
    try cell.interface.transmitInit(memory.dmaAddress(offset), length: length, id: id)
    cell.interface.transmitInitUndo()
    owed.remove(id.rawValue)
    number -= 1
  }

  private func poll(_ cell: Cell) throws -> Bool {
    guard cell.interface.poll(&events) > 0 else { return false }
    for index in events.indices {
      switch events[index] {
      case .transmit(let event):
        withUnsafeTemporaryAllocation(of: RequestID.self, capacity: 64) { ids in
          let count = cell.interface.unbundle(event, into: ids)
          for id in ids[..<count] { comesBack(id) }
          completed += count
        }
      case .transmitAlternative:
        inAlternative -= 1
        leftAlternatives += 1
        if inAlternative < 0 { faults.append("more frames left an alternative than went in") }
      case .transmitError:
        for id in try cell.interface.reinitializeTransmitQueue() {
          if forAlternative.contains(id.rawValue) { inAlternative -= 1 }
          comesBack(id)
          failed += 1
        }
      case .reset, .overflow:
        try cell.interface.reinitializeEventQueue()
        for id in try cell.interface.reinitializeTransmitQueue() { comesBack(id) }
        inAlternative = 0
        self.cell = nil
        return true
      default: faults.append("an event that a sender does not have: \(events[index])")
      }
    }
    return true
  }

  private func comesBack(_ id: RequestID) {
    if owed.remove(id.rawValue) == nil { faults.append("id \(id.rawValue) came back twice, or was never sent") }
    forAlternative.remove(id.rawValue)
    if pioID == id.rawValue { pioID = nil }
  }

  func drain() throws -> Bool {
    guard let cell else { return false }
    return try poll(cell)
  }

  func finish() throws -> [String] {
    if !owed.isEmpty { faults.append("ids that never came back: \(owed.sorted().prefix(20))") }
    if inAlternative != 0 { faults.append("\(inAlternative) frames never left an alternative") }
    if completed == 0 { faults.append("nothing was ever sent") }
    cell = nil
    return faults
  }
}
