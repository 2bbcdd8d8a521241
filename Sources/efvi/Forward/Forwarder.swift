import EtherFabric
import Glibc

/// Two devices and the pool between them. A buffer belongs to the side that it was posted on first.
final class Forwarder {
  let sides: [ForwardSide]
  private let memory: DMAMemory
  /// First buffer of the second side.
  private let boundary: UInt32
  /// The buffer behind each one in its packet, or `.max`.
  private var next: [UInt32]
  private var fragments: [DMAFragment] = []

  init(_ deviceA: String, _ deviceB: String, _ queues: QueueOptions) throws(EtherFabricError) {
    sides = [try ForwardSide(deviceA, queues), try ForwardSide(deviceB, queues)]
    let counts = sides.map { $0.interface.receiveCapacity }
    let total = counts[0] + counts[1]
    guard counts[0] > 0, counts[1] > 0, sides[0].interface.transmitCapacity > 0 else {
      throw EtherFabricError(
        "forward", errno: EINVAL, reason: "forwarding needs both rings", remedy: "Give ring sizes above 0.")
    }
    boundary = UInt32(counts[0])
    next = [UInt32](repeating: .max, count: total)
    memory = try DMAMemory(
      byteCount: total * ForwardSide.stride, hugePages: queues.hugePages, node: sides[0].driver.identity.numaNode)
    for side in sides {
      side.memory = try MemoryRegistration(side.domain, base: memory.base, count: memory.count)
    }
    for buffer in 0..<total { try owner(RequestID(buffer)).post(RequestID(buffer)) }
    for side in sides { side.interface.receivePush() }
  }

  var forwarded: UInt64 { sides[0].forwarded + sides[1].forwarded }

  private func owner(_ buffer: RequestID) -> ForwardSide { sides[buffer.rawValue < boundary ? 0 : 1] }

  /// Polls both sides once. Returns the number of events.
  func step() throws(EtherFabricError) -> Int {
    var count = 0
    for index in 0..<2 {
      let side = sides[index]
      let taken = side.interface.poll(&side.events)
      guard taken > 0 else { continue }
      count += taken
      for event in 0..<taken { try handle(side.events[event], side, sides[1 - index]) }
      sides[1 - index].interface.transmitPush()
      for side in sides { side.interface.receivePush() }
    }
    return count
  }

  private func handle(_ event: Event, _ side: ForwardSide, _ other: ForwardSide) throws(EtherFabricError) {
    switch event {
    case .receive(let part):
      guard side.takePart(part) else { return }
      side.received += 1
      try forward(side, other)
    case .receiveDiscard(let part):
      side.discards[part.reason, default: 0] += 1
      try drop(side, and: part.id, isFirst: part.flags.contains(.startOfPacket))
    case .receiveTruncated:
      side.truncated += 1
      try drop(side, and: nil, isFirst: false)
    case .transmit(let done): try complete(done, side)
    case .none, .software: break
    default:
      throw EtherFabricError(
        "VirtualInterface.poll", errno: EIO, reason: "\(side.driver.identity.interface): \(event)",
        remedy: "Start again; the device's statistics say more.")
    }
  }

  /// Puts the packet that is complete into the other side's ring, or drops it.
  private func forward(_ side: ForwardSide, _ other: ForwardSide) throws(EtherFabricError) {
    fragments.removeAll(keepingCapacity: true)
    for (place, part) in side.parts.enumerated() {
      let isLast = place + 1 == side.parts.count
      next[Int(part.buffer.rawValue)] = isLast ? .max : side.parts[place + 1].buffer.rawValue
      // The same byte under the other domain's address.
      let offset = part.fragment.address.rawValue - side.memory.address.rawValue
      fragments.append(
        DMAFragment(address: other.memory.dmaAddress(Int(offset)), length: part.fragment.length))
    }
    let id = side.parts[0].buffer
    let isTaken = fragments.withUnsafeBufferPointer { list in
      (try? other.interface.transmitVectorInit(list, id: id)) != nil
    }
    if isTaken {
      side.forwarded += 1
      other.inFlight += 1
    } else {
      side.noRoom += 1
      try repost(id)
    }
    side.parts.removeAll(keepingCapacity: true)
  }

  /// Gives back what came of a packet that ends badly.
  private func drop(_ side: ForwardSide, and last: RequestID?, isFirst: Bool) throws(EtherFabricError) {
    if !isFirst { for part in side.parts { try side.post(part.buffer) } }
    side.parts.removeAll(keepingCapacity: true)
    if let last { try side.post(last) }
  }

  private func complete(_ event: Event.Transmit, _ side: ForwardSide) throws(EtherFabricError) {
    let count = side.interface.unbundle(event, into: side.completed)
    side.inFlight -= count
    for index in 0..<count { try repost(side.completed[index]) }
  }

  /// Posts the buffers of a packet again where they were received.
  private func repost(_ first: RequestID) throws(EtherFabricError) {
    var buffer = first.rawValue
    while buffer != .max {
      let following = next[Int(buffer)]
      try owner(RequestID(buffer)).post(RequestID(buffer))
      buffer = following
    }
  }

  /// Waits for what is in the transmit rings, for at most a second.
  func drain() throws(EtherFabricError) {
    let end = MonotonicClock.now() + 1_000_000_000
    var idle = Idle(spins: false)
    while sides[0].inFlight + sides[1].inFlight > 0, MonotonicClock.now() < end { idle.after(try step()) }
  }

  func report(elapsed: UInt64, stop: RunLimit.Stop?) -> Report {
    var report = Report(sides[0].driver.identity)
    if sides[1].driver.identity.isEmulated { report.isEmulated = true }
    let seconds = Double(elapsed) / 1e9
    report.add(
      "forwarded",
      [
        ("frames", .integer(forwarded)), ("seconds", .measure(seconds, unit: "s")),
        ("rate", .measure(seconds > 0 ? Double(forwarded) / seconds : 0, unit: "/s")),
        ("end", .text(stop?.text ?? "")),
      ])
    sides[0].add(to: &report, "a", to: "b")
    sides[1].add(to: &report, "b", to: "a")
    return report
  }
}
