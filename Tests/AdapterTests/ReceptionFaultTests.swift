import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

/// Merged events and packed stream while frames are lost, doubled, damaged and cut, and with an adapter that has a thread
/// of its own: whatever the adapter says it delivered was seen, and every buffer is accounted for.
@Suite(.timeLimit(.minutes(1))) struct ReceptionFaultTests {
  static let faults = ",seed=9,rx-drop=3%,rx-duplicate=3%,rx-reorder=3%,rx-corrupt=3%,rx-truncate=3%"

  private func length(_ number: Int) -> Int { [60, 300, 1514, 2040, 5000, 61][number % 6] }

  /// Takes until nothing has come for a while: a thread of the adapter's may be at the frames still.
  /// - Parameter take: takes what is there. What the adapter had delivered after it, and what was taken in all.
  private func settle(_ take: () -> (delivered: UInt64, taken: UInt64)) {
    let end = ContinuousClock.now + .seconds(5)
    var last: UInt64?
    while ContinuousClock.now < end {
      let now = take()
      if now.taken >= now.delivered, now.delivered == last { return }
      last = now.delivered
      usleep(50_000)
    }
  }

  @Test(arguments: [faults, ",service=thread", faults + ",service=thread"])
  func mergedFramesAndTheirBuffers(_ options: String) throws {
    var link = try MergedEndpointTests.Link("reception-merged\(options.count)", .receiveEventMerge, options: options)
    var frames: UInt64 = 0
    var whole = 0
    func take(_ link: inout MergedEndpointTests.Link) -> Bool {
      guard let frame = link.receiver.receive() else { return false }
      frames += 1
      if frame.discardReason == nil { whole += 1 }
      frame.release()
      return true
    }
    for number in 0..<1200 {
      try link.send(number, count: length(number))
      guard number % 7 == 6 else { continue }
      link.push()
      while take(&link) {}
    }
    settle {
      while take(&link) {}
      return (link.receiver.interface.statistics()["rx_packets"] ?? 0, frames)
    }
    let statistics = link.receiver.interface.statistics()
    // A frame that was cut is both, and nothing else is.
    #expect(frames == statistics["rx_packets"]! + statistics["rx_truncated"]!)
    // With a thread of its own the adapter goes on while this one is held up, and frames find no buffer.
    let least: UInt64 = options.contains("thread") ? 40 : 400
    #expect(frames > least && UInt64(whole) > least * 3 / 4)
    #expect(link.receiver.interface.receiveFillLevel + link.rightPool.available == 128)
    #expect(link.receiver.interface.eventCounts.unknown == 0)
  }

  @Test(arguments: [faults, ",service=thread", faults + ",service=thread"], [InterfaceFlags(), .packedStream64K])
  func packedPackets(_ options: String, _ flags: InterfaceFlags) throws {
    var link = try PackedStreamReceiverTests.Link(
      "reception-packed\(options.count)-\(flags.rawValue)", flags, options: options, bufferSize: 16384)
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    func take(_ link: inout PackedStreamReceiverTests.Link) {
      while var batch = link.receiver.receive() {
        while let packet = batch.next() {
          packets += 1
          bytes += UInt64(packet.bytes.byteCount)
        }
      }
    }
    for number in 0..<1200 {
      try link.send(number, count: length(number))
      if number % 7 == 6 { take(&link) }
    }
    settle {
      take(&link)
      return (link.receiver.interface.statistics()["rx_packets"] ?? 0, packets)
    }
    let statistics = link.receiver.interface.statistics()
    #expect(packets == statistics["rx_packets"] && bytes == statistics["rx_bytes"])
    #expect(packets == link.receiver.counters.packets && packets > 400)
    #expect(link.receiver.interface.receiveFillLevel == link.receiver.bufferCount - 1)
    #expect(link.receiver.fault == nil && link.receiver.interface.eventCounts.unknown == 0)
  }
}
