import EtherFabric
import Glibc

/// An endpoint on a pool of its own, which sends, receives, holds frames for a while and sends them on.
final class EndpointParty: Party {
  let name: String
  private final class Cell {
    var endpoint: Endpoint
    var cookie: FilterCookie?
    init(_ endpoint: consuming Endpoint) { self.endpoint = endpoint }
  }
  /// Keeps a frame past the turn in which it came.
  private final class Held {
    private let frame: ReceivedFrame
    init(_ frame: consuming ReceivedFrame) { self.frame = frame }
  }

  private let domain: ProtectionDomain
  private let pool: PacketPool
  private let own: MACAddress
  private let peers: [MACAddress]
  private let variants: [InterfaceFlags]
  private var cell: Cell?
  private var held: [Held] = []
  private var lastRefusal: (any Error)?
  private(set) var received = 0
  private(set) var made = 0

  init(_ name: String, _ driver: Driver, peers: [MACAddress], _ random: inout Random) throws {
    self.name = name
    domain = try driver.allocateProtectionDomain()
    pool = try PacketPool(domain, count: 512, hugePages: .never)
    own = driver.identity.macAddress
    self.peers = peers
    variants =
      driver.identity.generation.datapath.isExpress
      ? [[], [.receiveTimestamps, .transmitTimestamps]]
      : [[], [.receiveTimestamps, .transmitTimestamps], .receiveEventMerge, .receiveFilterID]
    try make(&random)
  }

  private func make(_ random: inout Random) throws {
    cell = nil
    let flags = variants[random.next(variants.count)]
    let new = Cell(try Endpoint(domain, pool: pool, options: InterfaceOptions(flags: flags)))
    new.cookie = try new.endpoint.addFilter(.ethernet(own))
    made += 1
    cell = new
  }

  func step(_ random: inout Random) throws {
    guard let cell else {
      // Frames that are still held may be in the way of a new one.
      do { try make(&random) } catch {
        lastRefusal = error
        held = []
      }
      return
    }
    switch random.next(1000) {
    case 0..<400: send(cell, &random)
    case 400..<940: poll(cell, limit: 1 + random.next(64), &random)
    case 940..<980: if !held.isEmpty { held.remove(at: random.next(held.count)) }
    case 980..<985:
      if let cookie = cell.cookie {
        try cell.endpoint.interface.removeFilter(cookie)
        cell.cookie = nil
      } else {
        cell.cookie = try cell.endpoint.addFilter(.ethernet(own))
      }
    case 985..<995: try? cell.endpoint.interface.putSoftwareEvent(UInt32(random.next(65536)))
    case 995: self.cell = nil
    default: held = []
    }
  }

  private func send(_ cell: Cell, _ random: inout Random) {
    for _ in 0...random.next(8) {
      guard var buffer = pool.allocate() else { break }
      let to = peers[random.next(peers.count)]
      let length = 20 + random.next(1480)
      buffer.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        memset(start, Int32(random.next(256)), length)
        Frames.writeHeader(to: to, from: own, at: start)
      }
      buffer.count = length
      // A full ring hands the buffer back, and the pool takes it.
      _ = cell.endpoint.tryTransmit(buffer, push: random.next(2) == 0)
    }
    cell.endpoint.push()
  }

  private func poll(_ cell: Cell, limit: Int, _ random: inout Random) {
    var left = limit
    while left > 0, let occurrence = cell.endpoint.next() {
      left -= 1
      switch consume occurrence {
      case .received(let frame): take(frame, cell, &random)
      case .sent(let packet): if random.next(2) == 0 { _ = packet.takeBuffer() }
      case .software: break
      default:
        // A ring stopped, events are lost, or the adapter was reset.
        self.cell = nil
        return
      }
    }
  }

  private func take(_ frame: consuming ReceivedFrame, _ cell: Cell, _ random: inout Random) {
    received += 1
    switch random.next(8) {
    case 0..<4: frame.release()
    case 4: if held.count < 24 { held.append(Held(frame)) }
    case 5:
      guard var buffer = frame.takeBuffer() else { return }
      guard buffer.count >= 14 else { return }
      buffer.withUnsafeMutableBytes { bytes in
        if let start = bytes.baseAddress { Frames.writeHeader(to: peers[0], from: own, at: start) }
      }
      _ = cell.endpoint.tryTransmit(buffer)
    default: break
    }
  }

  func drain() throws -> Bool {
    held = []
    guard let cell else { return false }
    var came = false
    while let occurrence = cell.endpoint.next() {
      came = true
      switch consume occurrence {
      case .received(let frame): frame.release()
      case .sent: break
      case .software: break
      default:
        self.cell = nil
        return true
      }
    }
    return came
  }

  func finish() throws -> [String] {
    held = []
    var faults: [String] = []
    if cell == nil {
      var random = Random(state: 0)
      do { try make(&random) } catch {
        faults.append("no new endpoint: \(error); before that \(lastRefusal.map { "\($0)" } ?? "nothing")")
      }
    }
    if let cell, cell.endpoint.interface.transmitFillLevel != 0 {
      faults.append("\(cell.endpoint.interface.transmitFillLevel) sends never completed")
    }
    if received == 0 { faults.append("no frame ever arrived") }
    cell = nil
    if pool.available != pool.count { faults.append("\(pool.available) of \(pool.count) buffers came back") }
    return faults + doubles()
  }

  private final class Owned {
    let buffer: PacketBuffer
    init(_ buffer: consuming PacketBuffer) { self.buffer = buffer }
  }

  /// Whether a buffer is in the pool twice.
  private func doubles() -> [String] {
    var places: Set<UInt> = []
    var all: [Owned] = []
    while all.count < pool.count, var buffer = pool.allocate() {
      places.insert(buffer.withUnsafeMutableBytes { UInt(bitPattern: $0.baseAddress) })
      all.append(Owned(buffer))
    }
    return places.count == all.count ? [] : ["\(all.count - places.count) buffers are in the pool twice"]
  }
}
