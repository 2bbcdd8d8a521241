import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite("Frames in posted buffers", .needsXDP, .timeLimit(.minutes(1)))
struct InPlaceTests {
  @Test("a frame lies in its buffer, uncopied, and nothing is written around it", arguments: UserMemoryStation.modes)
  func place(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(64)
      receiver.offset = 37
      receiver.paint()
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(32)
      #expect(station.isInPlace, "\(station.words)")
      for (index, length) in [60, 61, 1000, 1514, 42].enumerated() {
        let sent = station.pair.incoming(index, length: length)
        #expect(station.peer.send(sent))
        let got = receiver.take(1)
        #expect(got.map(\.buffer) == [index])
        #expect(got.first?.frame == sent + [UInt8](repeating: 0, count: max(0, 60 - length)))
        let room = UnsafeRawBufferPointer(start: receiver.base + index * 2048, count: 2048)
        #expect(room[..<37].allSatisfy { $0 == 0xaa })
        #expect(room[(37 + max(length, 60))...].allSatisfy { $0 == 0xaa })
      }
      #expect(receiver.isPainted(from: 5))
      #expect(station.counter("rx_in_place") == 5 && station.counter("rx_delivered") == 5)
    }
  }

  @Test("ten thousand frames keep their order round the ring", arguments: UserMemoryStation.modes)
  func order(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(496)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(496)
      #expect(station.isInPlace, "\(station.words)")
      var expected = 0
      while expected < 10_000 {
        let count = 1 + expected * 7 % 200
        station.send(expected..<(expected + count), length: 60 + expected % 1400)
        for (buffer, frame) in receiver.take(count) {
          #expect(number(frame) == expected && buffer == expected % 496)
          expected += 1
        }
        try receiver.post(receiver.interface.receiveCapacity < 496 ? 0 : 496 - receiver.interface.receiveFillLevel)
      }
      #expect(station.counter("rx_in_place") == expected && station.counter("rx_delivered") == expected)
    }
  }

  @Test(
    "frames that nobody takes use up no descriptor, and those behind them lie right", arguments: UserMemoryStation.modes
  )
  func unwanted(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(256)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(32)
      #expect(station.isInPlace)
      // The program lets everything through, so that the filters are the adapter's alone.
      #expect(station.adapter.wire.want(.everything))
      let other = VethPair.frame(9999, to: .broadcast, from: station.pair.kernelMAC)
      var expected = 0
      for round in 0..<40 {
        for index in 0..<(round % 7) where index % 2 == 0 || round % 3 == 0 { #expect(station.peer.send(other)) }
        station.send(expected..<(expected + 5))
        #expect(station.peer.send(other))
        for (buffer, frame) in receiver.take(5) {
          #expect(number(frame) == expected && buffer == expected % 256)
          expected += 1
        }
        try receiver.post(round % 2 == 0 ? 16 : 0)
      }
      #expect(expected == 200)
      let copied = expected - station.counter("rx_in_place")
      #expect(copied > 0)
      // Without such frames nothing is copied again, once the buffers that were lent are through.
      for round in 0..<30 {
        let before = station.counter("rx_in_place")
        station.send(expected..<(expected + 8))
        for (buffer, frame) in receiver.take(8) {
          #expect(number(frame) == expected && buffer == expected % 256)
          expected += 1
        }
        try receiver.post(8)
        if round >= 25 { #expect(station.counter("rx_in_place") == before + 8) }
      }
      #expect(expected == 440 && station.counter("rx_delivered") == 440)
    }
  }

  @Test("more frames than buffers are lost, and the ring goes on", arguments: UserMemoryStation.modes)
  func tooFew(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(64)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(16)
      station.send(0..<100)
      #expect(receiver.take(16).compactMap { number($0.frame) } == Array(0..<16))
      try receiver.post(16)
      station.send(200..<208)
      #expect(receiver.take(8).compactMap { number($0.frame) } == Array(200..<208))
      _ = station.adapter.wire.operations.armWait(station.adapter.wire.operations.context)
      #expect(station.counter("rx_wire_dropped") == 84)
      #expect(station.counter("rx_in_place") == 24)
    }
  }

  @Test("what a sender left of a checksum is finished where it lies", arguments: UserMemoryStation.modes)
  func checksums(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(64)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(16)
      try station.pair.addNeighbour(HostAddress(10, 9, 0, 2), station.pair.adapterMAC)
      let socket = try KernelUDPSocket(bind: HostEndpoint(station.pair.address, 4000))
      try socket.send([1, 2, 3, 4, 5], to: HostEndpoint(HostAddress(10, 9, 0, 2), 7000))
      let got = receiver.take(1)
      #expect(got.first?.frame.count == 60)
      // An event with a bad checksum would have been a discard.
      #expect(got.count == 1 && station.counter("wire_checksums") == 1 && station.counter("rx_in_place") == 1)
    }
  }

  @Test("frames leave while buffers are lent", arguments: UserMemoryStation.modes)
  func sending(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(64)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(32)
      #expect(station.isInPlace)
      let out = try MemoryRegistration(station.domain, DMAMemory(byteCount: 4096))
      #expect(station.isInPlace)
      for index in 0..<200 {
        let frame = station.pair.outgoing(index, length: 60 + index * 7)
        out.base.copyMemory(from: frame, byteCount: frame.count)
        try receiver.interface.transmit(out.dmaAddress(0), length: frame.count, id: RequestID(0))
        #expect(station.peer.receive() == frame)
        _ = receiver.poll()
      }
    }
  }
}
