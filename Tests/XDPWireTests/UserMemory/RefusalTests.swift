import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite("Where frames are copied though posted buffers were asked for", .needsXDP, .timeLimit(.minutes(1)))
struct RefusalTests {
  /// Whether frames still arrive in order.
  private func check(
    _ station: UserMemoryStation, _ receiver: Receiver, inPlace: Bool, _ first: Int
  ) {
    let before = station.counter("rx_in_place")
    station.send(first..<(first + 4), length: 200)
    #expect(receiver.take(4).compactMap { number($0.frame) } == Array(first..<(first + 4)))
    #expect(station.counter("rx_in_place") == before + (inPlace ? 4 : 0))
  }

  @Test("nobody asked for it") func own() throws {
    try Namespace.run {
      _ = try VethPair()
      let driver = try Driver.open("emu:xdp:a0")
      #expect(!driver.identity.configuration.contains { $0.name == "user memory" })
    }
  }

  @Test("private memory is copied to, with the reason", arguments: UserMemoryStation.modes)
  func privateMemory(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let size = 64 * 2048
      let memory = try #require(mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
      defer { munmap(memory, size) }
      let receiver = Receiver(
        interface: try station.domain.allocateVirtualInterface(),
        registration: try MemoryRegistration(station.domain, base: memory, count: size), buffers: 64, spacing: 2048)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(16)
      #expect(station.words == "not in use: the memory is a private mapping")
      check(station, receiver, inPlace: false, 0)
    }
  }

  @Test("a second interface with filters ends it until it is freed", arguments: UserMemoryStation.modes)
  func second(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(256)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(64)
      #expect(station.isInPlace)
      check(station, receiver, inPlace: true, 0)
      do {
        let other = try station.receiver(64)
        #expect(station.isInPlace)
        try other.interface.addFilter(.ethernet(.broadcast))
        try other.post(16)
        #expect(station.words == "not in use: several interfaces have filters")
        check(station, receiver, inPlace: false, 10)
        let frame = VethPair.frame(7, to: .broadcast, from: station.pair.kernelMAC)
        #expect(station.peer.send(frame))
        #expect(other.take(1).map(\.frame) == [frame])
      }
      #expect(station.isInPlace, "\(station.words)")
      check(station, receiver, inPlace: true, 20)
      try receiver.post(16)
      check(station, receiver, inPlace: true, 30)
    }
  }

  @Test("interfaces that cannot have it say why") func interfaces() throws {
    try Namespace.run {
      let station = try UserMemoryStation("native")
      #expect(station.words == "not in use: no interface has filters")
      for (flags, words) in [
        ([.receiveTimestamps], "frames have a prefix"),
        ([.receiveEventMerge], "the interface has no ring of single frames"),
      ] as [(InterfaceFlags, String)] {
        let receiver = try station.receiver(64, options: InterfaceOptions(flags: flags))
        try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
        try receiver.post(16)
        #expect(station.words == "not in use: \(words)")
      }
      let receiver = try station.receiver(64)
      let filter = try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      #expect(station.isInPlace)
      try receiver.interface.removeFilter(filter)
      #expect(station.words == "not in use: no interface has filters")
    }
  }

  @Test("several queues, frames longer than a page and fault plans are reasons") func wires() throws {
    for (mtu, queues, options, words) in [
      (1500, 2, "", "the wire has several receive queues"), (9000, 1, "", "frames of this MTU do not fit into a page"),
      (1500, 1, ",rx-drop=0.5", "there is a fault plan on receive"),
    ] {
      try Namespace.run {
        let station = try UserMemoryStation("native", mtu: mtu, queues: queues, options: options)
        let receiver = try station.receiver(64)
        try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
        #expect(station.words == "not in use: \(words)")
      }
    }
  }

  @Test("buffers that are too short or elsewhere end it, and frames go on", arguments: UserMemoryStation.modes)
  func buffers(_ attach: String) throws {
    for isShort in [true, false] {
      try Namespace.run {
        let station = try UserMemoryStation(attach)
        let receiver = try station.receiver(64)
        try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
        try receiver.post(16)
        #expect(station.isInPlace)
        check(station, receiver, inPlace: true, 0)
        var other: MemoryRegistration?
        if isShort {
          receiver.interface.receiveBufferLength = 512
          try receiver.post(8)
        } else {
          let memory = try MemoryRegistration(station.domain, DMAMemory(byteCount: 8 * 2048))
          other = memory
          for index in 0..<8 { try receiver.interface.receiveInit(memory.dmaAddress(index * 2048), id: RequestID(60)) }
          receiver.interface.receivePush()
        }
        let words =
          isShort ? "a posted buffer is too short for every frame" : "a posted buffer lies outside of the registration"
        #expect(station.words == "not in use: \(words)")
        check(station, receiver, inPlace: false, 4)
        check(station, receiver, inPlace: false, 8)
        _ = try receiver.interface.reinitializeReceiveQueue()
        #expect(station.isInPlace == isShort || other != nil, "\(station.words)")
      }
    }
  }

  @Test("a larger MTU is taken where a page holds its frames") func largerFrames() throws {
    try Namespace.run {
      let station = try UserMemoryStation("native", mtu: 3000)
      let receiver = try station.receiver(64, spacing: 4096)
      receiver.interface.receiveBufferLength = 3500
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(16)
      #expect(station.isInPlace, "\(station.words)")
      station.send(0..<4, length: 3014)
      #expect(receiver.take(4).map(\.frame) == (0..<4).map { station.pair.incoming($0, length: 3014) })
      #expect(station.counter("rx_in_place") == 4)
    }
  }

  @Test("huge pages are received into", .enabled(if: HugePages.areFree, "no huge pages are free")) func hugePages()
    throws
  {
    try Namespace.run {
      let station = try UserMemoryStation("native")
      let receiver = try station.receiver(256, memory: DMAMemory(byteCount: 2 << 20, hugePages: .required))
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(16)
      #expect(station.isInPlace, "\(station.words)")
      check(station, receiver, inPlace: true, 0)
    }
  }
}

private enum HugePages {
  static var areFree: Bool { (try? DMAMemory(byteCount: 1, hugePages: .required)) != nil }
}
