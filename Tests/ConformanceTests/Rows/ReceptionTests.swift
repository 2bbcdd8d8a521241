import EtherFabric
import Testing

@Suite(
  "Row 16: merged events and packed stream bring the same frames as single events", .tags(.network),
  .timeLimit(.minutes(1)))
struct ReceptionTests {
  /// A frame, and whether it was marked as bad.
  struct Taken: Equatable {
    var bytes: [UInt8]
    var isBad: Bool
  }

  static let port = SameEverywhereTests.port
  static let frames = SameEverywhereTests.frames(to: port, from: SameEverywhereTests.peer)

  @Test(arguments: BenchKind.ef10, [InterfaceFlags(), .receiveEventMerge, .receiveFilterID])
  func throughAnEndpoint(_ kind: BenchKind, _ flags: InterfaceFlags) throws {
    try kind.run("mtu=1500,mac=\(Self.port)") { bench in
      let domain = try bench.driver.allocateProtectionDomain()
      let pool = try PacketPool(domain, count: 1024, bufferSize: 512, hugePages: .never)
      var endpoint = try Endpoint(domain, pool: pool, options: InterfaceOptions(flags: flags))
      for filter in Self.everything { try endpoint.addFilter(filter) }
      for frame in Self.frames { #expect(bench.send(frame)) }
      var taken: [Taken] = []
      _ = eventually {
        while let frame = endpoint.receive() {
          var bytes = [UInt8](repeating: 0, count: frame.count)
          _ = bytes.withUnsafeMutableBytes { frame.copyBytes(to: $0) }
          taken.append(Taken(bytes: bytes, isBad: frame.discardReason != nil))
        }
        return taken.count >= Self.frames.count
      }
      Self.judge(taken)
      #expect(endpoint.interface.receiveFillLevel + pool.available == 1024)
    }
  }

  @Test(arguments: BenchKind.ef10, [InterfaceFlags(), .packedStream64K])
  func inPackedStream(_ kind: BenchKind, _ flags: InterfaceFlags) throws {
    try kind.run("mtu=1500,mac=\(Self.port)") { bench in
      var receiver = try PackedStreamReceiver(
        try bench.driver.allocateProtectionDomain(flags: .receivePackedStream),
        options: InterfaceOptions(flags: flags.union(.receiveTimestamps)), hugePages: .never)
      for filter in Self.everything { try receiver.addFilter(filter) }
      for frame in Self.frames { #expect(bench.send(frame)) }
      var taken: [Taken] = []
      var unstamped = 0
      _ = eventually {
        while var batch = receiver.receive() {
          while let packet = batch.next() {
            taken.append(
              Taken(
                bytes: packet.bytes.withUnsafeBytes { Array($0) },
                isBad: !packet.flags.isDisjoint(with: .errors)))
            if packet.timestamp == nil { unstamped += 1 }
          }
        }
        return taken.count >= Self.frames.count
      }
      Self.judge(taken)
      #expect(unstamped == 0)
    }
  }

  static let everything: [FilterSpecification] = [.unicastAll, .multicastAll]

  static func judge(_ taken: [Taken]) {
    #expect(taken.map(\.bytes) == frames.map(Frame.padded))
    #expect(taken.filter(\.isBad).count >= 2)
    // Marked are the same as in single buffers: those whose checksums are wrong.
    let bad = taken.indices.filter { taken[$0].isBad }
    #expect(bad.count < frames.count / 2)
  }
}
