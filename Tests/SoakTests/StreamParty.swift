import EtherFabric

/// A packed-stream receiver.
final class StreamParty: Party {
  let name: String
  private final class Cell {
    var receiver: PackedStreamReceiver
    init(_ receiver: consuming PackedStreamReceiver) { self.receiver = receiver }
  }

  private let cell: Cell
  private var restarts = 0
  private var packets: UInt64 = 0
  private var faults: [String] = []

  init(_ name: String, _ driver: Driver) throws {
    self.name = name
    let domain = try driver.allocateProtectionDomain(flags: .receivePackedStream)
    cell = Cell(
      try PackedStreamReceiver(
        domain, bufferCount: 16, options: InterfaceOptions(flags: .packedStream64K), hugePages: .never))
    try cell.receiver.addFilter(.ethernet(Frames.streamMAC))
  }

  func step(_ random: inout Random) throws {
    if random.next(3) == 0 { _ = try poll(limit: 1 + random.next(8)) }
  }

  func drain() throws -> Bool { try poll(limit: .max) }

  private func poll(limit: Int) throws -> Bool {
    let came = look(&cell.receiver, limit)
    if cell.receiver.fault != nil {
      try cell.receiver.restart()
      restarts += 1
    }
    return came
  }

  private func look(_ receiver: inout PackedStreamReceiver, _ limit: Int) -> Bool {
    var left = limit
    while left > 0, var batch = receiver.receive() {
      left -= 1
      let expected = batch.count
      var seen = 0
      while let packet = batch.next() {
        seen += 1
        if packet.capturedLength > packet.originalLength || packet.capturedLength > 9216 {
          faults.append("\(packet.capturedLength) bytes of a frame of \(packet.originalLength)")
        }
      }
      if seen != expected { faults.append("\(seen) packets of \(expected) in an event") }
      packets += UInt64(seen)
    }
    return left < limit
  }

  func finish() throws -> [String] {
    let counters = cell.receiver.counters
    if counters.packets != packets { faults.append("\(packets) packets of \(counters.packets) counted") }
    if counters.buffersRefused != 0 { faults.append("\(counters.buffersRefused) buffers were refused") }
    let written = cell.receiver.interface.statistics()["rx_packets"] ?? 0
    if restarts == 0 ? written != packets : written < packets {
      faults.append("\(packets) packets of \(written) that were written, \(restarts) restarts")
    }
    // One buffer is at hand.
    let missing = cell.receiver.bufferCount - cell.receiver.interface.receiveFillLevel
    if !(0...1).contains(missing) { faults.append("\(missing) buffers are not posted") }
    if written == 0 { faults.append("no packet ever arrived") }
    return faults
  }
}
