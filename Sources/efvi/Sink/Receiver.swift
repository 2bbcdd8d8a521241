import EtherFabric
import EtherFabricFrames

/// What is done with each frame that arrives: count, check, print, answer.
struct Receiver {
  private(set) var delivered: UInt64 = 0
  private(set) var bytes: UInt64 = 0
  /// Questions answered: ARP, ping, neighbour solicitation. They are not counted as delivered.
  private(set) var answered: UInt64 = 0
  private(set) var unanswered: UInt64 = 0
  private(set) var sequence: SequenceCheck?
  private let responder: HostResponder?
  private let isHex: Bool
  /// The times of arrival, where they are wanted.
  private(set) var times: ArrivalTimes?

  init(
    verifies: Bool, firstNumber: UInt64? = nil, responder: HostResponder? = nil, isHex: Bool = false,
    isTimed: Bool = false
  ) {
    times = isTimed ? ArrivalTimes() : nil
    sequence = verifies ? SequenceCheck(first: firstNumber) : nil
    self.responder = responder
    self.isHex = isHex
  }

  @inline(__always)
  mutating func take(_ arrival: Arrival, _ station: Station?) {
    if responder != nil, let station, answer(arrival, station) { return }
    delivered += 1
    bytes += UInt64(arrival.bytes.count)
    if sequence != nil {
      if let range = UDPFlow.payloadRange(of: arrival.bytes) {
        sequence?.take(UnsafeRawBufferPointer(rebasing: arrival.bytes[range]))
      } else {
        sequence?.takeUnnumbered()
      }
    }
    times?.take(arrival.timestamp)
    if isHex { Output.write(HexDump.text(arrival.bytes, number: delivered, timestamp: arrival.timestamp)) }
  }

  /// Answers a question to this host; false for other frames.
  private mutating func answer(_ arrival: Arrival, _ station: Station) -> Bool {
    guard let responder else { return false }
    guard let buffer = station.takeTransmitBuffer(length: arrival.bytes.count + 64) else { return false }
    let room = UnsafeMutableRawBufferPointer(start: station.transmitBuffer(buffer), count: station.transmitStride)
    guard let length = responder.respond(to: arrival.bytes, into: room) else {
      station.giveBack(buffer)
      return false
    }
    do throws(EtherFabricError) {
      try station.queue(buffer, length: length)
      station.push()
      answered += 1
    } catch {
      station.giveBack(buffer)
      unanswered += 1
    }
    return true
  }

  /// The totals.
  func add(to report: inout Report, _ station: some FrameSource, elapsed: UInt64?, stop: RunLimit.Stop?) {
    var rows: [(name: String, value: Report.Value)] = [
      ("delivered", .integer(delivered)), ("bytes", .integer(bytes)),
    ]
    if responder != nil { rows.append(("answered", .integer(answered))) }
    if let elapsed {
      let seconds = Double(elapsed) / 1e9
      rows.append(("seconds", .measure(seconds, unit: "s")))
      rows.append(("rate", .measure(seconds > 0 ? Double(delivered) / seconds : 0, unit: "/s")))
    }
    if let stop { rows.append(("end", .text(stop.text))) }
    rows.append(("reception", .text(station.reception)))
    rows.append(("events", .integer(station.receiveEvents)))
    report.add("received", rows)
    times?.add(to: &report)
    report.addDiscards(of: station)
    report.add("interface", counters: station.interfaceCounters)
    report.add("receive_port", counters: station.portCounters)
    guard let sequence else { return }
    report.add(
      "verify",
      [
        ("distinct", .integer(sequence.distinct)), ("missing", .integer(sequence.missing)),
        ("duplicates", .integer(sequence.duplicates)), ("late", .integer(sequence.late)),
        ("damaged", .integer(sequence.damaged)), ("unnumbered", .integer(sequence.unnumbered)),
      ])
  }
}
