import EmulatedWires
import EtherFabric

/// Frames on their way into a capture file.
struct CapturedFrames {
  private(set) var written: UInt64 = 0
  private(set) var bytes: UInt64 = 0
  /// Frames with the system's time, because the interface gave none.
  private(set) var unstamped: UInt64 = 0
  private(set) var hasFailed = false
  private let writer: CaptureWriter
  private let limit: UInt64?
  private var hasUnflushed = false
  private var lastFlush: UInt64 = 0
  /// Nanoseconds between two flushes: each is a system call.
  private static let pause: UInt64 = 1_000_000

  init(writer: CaptureWriter, limit: UInt64?) {
    self.writer = writer
    self.limit = limit
  }

  mutating func take(_ arrival: Arrival) {
    // A poll may bring more than were asked for.
    guard let base = arrival.bytes.baseAddress, limit.map({ written < $0 }) ?? true else { return }
    if arrival.timestamp == nil { unstamped += 1 }
    let time = arrival.timestamp ?? MonotonicClock.wallClock()
    guard writer.record(base, length: arrival.bytes.count, timestamp: time) else {
      hasFailed = true
      return
    }
    written += 1
    bytes += UInt64(arrival.bytes.count)
    hasUnflushed = true
  }

  /// Hands over what is there, where it was not done just before.
  mutating func flush(at now: UInt64) throws(EtherFabricError) {
    guard hasUnflushed, now &- lastFlush >= Self.pause else { return }
    hasUnflushed = false
    lastFlush = now
    try writer.flush()
  }

  func report(_ station: some FrameSource, elapsed: UInt64, stop: RunLimit.Stop?) -> Report {
    var report = Report(station.identity)
    report.add(
      "captured",
      [
        ("frames", .integer(written)), ("bytes", .integer(bytes)), ("unstamped", .integer(unstamped)),
        ("reception", .text(station.reception)), ("events", .integer(station.receiveEvents)),
        ("file", .text(writer.path)), ("seconds", .measure(Double(elapsed) / 1e9, unit: "s")),
        ("end", .text(stop?.text ?? "the file failed")),
      ])
    report.addDiscards(of: station)
    report.add("interface", counters: station.interfaceCounters)
    report.add("port", counters: station.portCounters)
    return report
  }
}
