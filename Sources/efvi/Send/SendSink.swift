import EtherFabric
import EtherFabricFrames

/// The receiving end of `efvi send --and-sink`.
final class SendSink {
  let station: Station
  private var receiver: Receiver

  init(
    _ device: String, _ destination: Destination, _ queues: QueueOptions, verify: Bool
  ) throws(EtherFabricError) {
    station = try Station(device, receive: queues.receive, transmit: 0, hugePages: queues.hugePages)
    receiver = Receiver(verifies: verify, firstNumber: 0)
    try station.add([try destination.filter()])
  }

  func poll() throws(EtherFabricError) {
    while try station.poll({ arrival in receiver.take(arrival, station) }) > 0 {}
  }

  /// Takes what is still on its way: until all have come, or nothing has for a fifth of a second.
  func finish(sent: UInt64) throws(EtherFabricError) {
    var last = MonotonicClock.now()
    var before = receiver.delivered
    while receiver.delivered < sent, MonotonicClock.now() - last < 200_000_000 {
      try poll()
      if receiver.delivered != before {
        before = receiver.delivered
        last = MonotonicClock.now()
      }
    }
  }

  func isComplete(sent: UInt64) -> Bool { receiver.sequence?.isPerfect(count: sent) ?? true }

  func add(to report: inout Report, sent: UInt64) {
    receiver.add(to: &report, station, elapsed: nil, stop: nil)
    report.add(
      "difference",
      [
        ("sent", .integer(sent)),
        ("delivered", .integer(receiver.delivered)),
        ("missing", .integer(sent - min(sent, receiver.delivered))),
      ])
  }
}
