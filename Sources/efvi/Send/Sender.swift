import EtherFabric
import EtherFabricFrames

/// The loop of `efvi send`.
struct Sender {
  let station: Station
  let size: Int
  let burst: Int
  /// Datagrams given to the adapter.
  private(set) var sent: UInt64 = 0
  private(set) var elapsed: UInt64 = 0
  private let pacer: Pacer
  private let frameLength: Int
  /// Transmits before the first datagram, such as ARP's.
  private let earlier: UInt64
  private let payloadOffset: Int

  /// Writes the headers and the payload's filling into every transmit buffer: only the numbers change.
  init(station: Station, flow: UDPFlow, size: Int, fill: UInt8, burst: Int, rate: Double?) {
    self.station = station
    self.size = size
    self.burst = burst
    pacer = Pacer(rate: rate)
    payloadOffset = flow.payloadOffset
    frameLength = flow.payloadOffset + size
    earlier = station.transmitted
    for index in station.freeTransmit {
      let buffer = station.transmitBuffer(index)
      flow.write(payloadLength: size, into: buffer)
      (buffer + payloadOffset).initializeMemory(as: UInt8.self, repeating: fill, count: size)
    }
  }

  /// Sends until the limit, receiving meanwhile where there is a sink; then waits for the rest to arrive.
  mutating func run(
    _ limit: RunLimit, _ sink: SendSink?, spins: Bool, progress: Progress
  ) throws(EtherFabricError) -> RunLimit.Stop {
    var progress = progress
    var now = limit.start
    var reason: RunLimit.Stop?
    while reason == nil {
      let left = limit.count.map { Int(min($0 - sent, UInt64(burst))) } ?? burst
      let queued = try queue(min(left, pacer.allowance(sent: sent, burst: burst, now: now)))
      try station.poll()
      try sink?.poll()
      now = MonotonicClock.now()
      progress.update(sent, now: now, "sent")
      reason = limit.stop(after: sent, now: now)
      if queued == 0, reason == nil, !spins { pacer.wait(sent: sent, now: now) }
    }
    try station.drain()
    elapsed = MonotonicClock.now() - limit.start
    try sink?.finish(sent: sent)
    progress.clear()
    return reason!
  }

  /// Queues up to `count` datagrams and rings the doorbell once.
  private mutating func queue(_ count: Int) throws(EtherFabricError) -> Int {
    var queued = 0
    while queued < count, let index = station.takeTransmitBuffer(length: frameLength) {
      if size >= SequenceCheck.numberLength {
        (station.transmitBuffer(index) + payloadOffset).storeBytes(of: sent.bigEndian, as: UInt64.self)
      }
      try station.queue(index, length: frameLength)
      sent += 1
      queued += 1
    }
    if queued > 0 { station.push() }
    return queued
  }

  func report(_ sink: SendSink?, stop: RunLimit.Stop) -> Report {
    var report = Report(station.identity)
    let seconds = Double(elapsed) / 1e9
    report.add(
      "sent",
      [
        ("datagrams", .integer(sent)),
        ("completed", .integer(station.transmitted - earlier)),
        ("payload_bytes", .integer(sent * UInt64(size))),
        ("seconds", .measure(seconds, unit: "s")),
        ("rate", .measure(seconds > 0 ? Double(sent) / seconds : 0, unit: "/s")),
        ("end", .text(stop.text)),
      ])
    report.add("port", counters: station.portCounters)
    sink?.add(to: &report, sent: sent)
    return report
  }
}
