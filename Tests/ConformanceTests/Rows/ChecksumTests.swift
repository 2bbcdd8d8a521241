import EtherFabric
import Testing

@Suite("Row 3: checksums are finished, and judged on receive", .tags(.network), .timeLimit(.minutes(1)))
struct ChecksumTests {
  let source = IPEndpoint("10.9.0.1:4000")!
  let target = IPEndpoint("10.9.0.2:7000")!

  @Test(arguments: BenchKind.allCases) func aDatagramOfThePeersStackArrivesFinished(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for size in [1, 2, 19, 500, 1472] {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 3) }
        try bench.sendDatagram(payload, from: source, to: target)
        let arrival = try #require(station.take(1).first)
        #expect(arrival.discard == nil)
        let datagram = Array(arrival.bytes[34..<(42 + size)])
        #expect(datagram[8...].elementsEqual(payload))
        let pseudo = Frame.pseudo(source.address, target.address, 17, datagram.count)
        #expect(Frame.sum(pseudo + datagram) == 0xffff)
        #expect(Frame.sum(Array(arrival.bytes[14..<34])) == 0xffff)
      }
      if bench.kind.finishesFrames { #expect(bench.counter("wire_checksums") == 5) }
    }
  }

  enum Damage: CaseIterable { case none, ip, l4, both, zeroUDP }

  func frame(_ bench: any ConformanceBench, _ damage: Damage) -> [UInt8] {
    var frame = Frame.udp(to: bench.portMAC, from: bench.peerMAC, source, target)
    if damage == .ip || damage == .both { frame[24] ^= 0x10 }
    if damage == .l4 || damage == .both { frame[50] ^= 0x10 }
    if damage == .zeroUDP { frame.replaceSubrange(40..<42, with: [0, 0]) }
    return frame
  }

  @Test(arguments: BenchKind.allCases) func theMaskSelectsWhatIsDiscarded(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      let standard: DiscardMask =
        kind.isExpress
        ? [.l3ChecksumError, .l4ChecksumError, .frameCheckError, .lengthError] : .standard
      #expect(station.interface.receiveDiscards == standard)
      let masks: [DiscardMask] = [standard, [], .l3ChecksumError, .l4ChecksumError, .frameCheckError]
      for mask in masks {
        station.interface.receiveDiscards = mask
        for damage in Damage.allCases {
          let frame = frame(bench, damage)
          #expect(bench.send(frame))
          let isBad =
            mask.contains(.l3ChecksumError) && (damage == .ip || damage == .both)
            || mask.contains(.l4ChecksumError) && (damage == .l4 || damage == .both)
          let expected = Arrival(bytes: frame, flags: [.startOfPacket], discard: isBad ? .checksumBad : nil)
          #expect(station.take(1) == [expected], "mask \(mask.rawValue) \(damage)")
        }
      }
      #expect(station.interface.statistics()["rx_checksum_errors"] == UInt64(masks.count * 3))
    }
  }

  @Test(arguments: BenchKind.allCases) func sentChecksumsAreFilledInUnlessSwitchedOff(_ kind: BenchKind) throws {
    try kind.run { bench in
      let good = Frame.udp(to: bench.peerMAC, from: bench.portMAC, target, source)
      var blank = good
      blank.replaceSubrange(24..<26, with: [0, 0])
      blank.replaceSubrange(40..<42, with: [0, 0])
      // Frames that the CPU writes to the adapter leave as they are.
      let choices: [InterfaceFlags] = kind.isExpress ? [[]] : [[], [.noIPChecksum, .noL4Checksum]]
      for flags in choices {
        var station = try Station(bench.driver, options: InterfaceOptions(flags: flags))
        try station.transmit(blank, id: 1)
        #expect(bench.receive(within: .seconds(2)) == (flags.isEmpty && !kind.isExpress ? good : blank))
      }
    }
  }
}
