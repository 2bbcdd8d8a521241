import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Synchronization
import Testing

@Suite("Buffers that are taken back", .needsXDP, .timeLimit(.minutes(1)))
struct RevocationTests {
  /// Sends to the adapter from another thread until it ends.
  private final class Flood: Sendable {
    private let isOver = Atomic(false)
    private let sent = Atomic(0)

    static func run(_ station: UserMemoryStation, _ body: () throws -> Void) throws {
      let flood = Flood()
      let (frame, peer) = (station.pair.incoming(1, length: 600), try Peer())
      nonisolated(unsafe) let sender = peer
      let thread = try LabThread {
        while !flood.isOver.load(ordering: .acquiring) {
          sender.send(frame)
          flood.sent.wrappingAdd(1, ordering: .relaxed)
        }
        return true
      }
      defer { flood.isOver.store(true, ordering: .releasing) }
      while flood.sent.load(ordering: .relaxed) < 100 { usleep(100) }
      try body()
      flood.isOver.store(true, ordering: .releasing)
      _ = try thread.join()
    }
  }

  private func settle() { usleep(20_000) }

  @Test("are not written to after the ring began anew", arguments: UserMemoryStation.modes)
  func restart(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let receiver = try station.receiver(256)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      for _ in 0..<5 {
        try receiver.post(128)
        #expect(station.isInPlace, "\(station.words)")
        try Flood.run(station) {
          #expect(!receiver.take(1).isEmpty)
          try receiver.post(64)
          _ = try receiver.interface.reinitializeReceiveQueue()
          _ = receiver.poll()
          receiver.paint()
          settle()
          _ = receiver.poll()
          #expect(receiver.isPainted())
        }
      }
      #expect(station.isInPlace, "\(station.words)")
      try receiver.post(16)
      _ = receiver.poll()
      station.send(5..<6)
      #expect(receiver.take(1).compactMap { number($0.frame) } == [5])
    }
  }

  @Test("are not written to after the interface was freed", arguments: UserMemoryStation.modes)
  func freed(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let memory = try DMAMemory(byteCount: 256 * 2048)
      for _ in 0..<3 {
        let registration: MemoryRegistration
        do {
          let receiver = try station.receiver(256, memory: memory)
          try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
          try receiver.post(128)
          #expect(station.isInPlace, "\(station.words)")
          registration = try #require(receiver.registration)
          try Flood.run(station) { #expect(!receiver.take(1).isEmpty) }
        }
        try Flood.run(station) {
          memset(memory.base, 0xaa, memory.count)
          settle()
          #expect(memory.bytes.allSatisfy { $0 == 0xaa })
        }
        #expect(station.words == "not in use: no interface has filters")
        withExtendedLifetime(registration) {}
      }
    }
  }

  @Test("are not written to after their memory was unregistered", arguments: UserMemoryStation.modes)
  func unregistered(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      let memory = try DMAMemory(byteCount: 256 * 2048)
      let receiver = try station.receiver(256, memory: memory)
      try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
      try receiver.post(128)
      #expect(station.isInPlace, "\(station.words)")
      try Flood.run(station) {
        #expect(!receiver.take(1).isEmpty)
        receiver.registration = nil
        memset(memory.base, 0xaa, memory.count)
        settle()
        _ = receiver.interface.statistics()
        #expect(memory.bytes.allSatisfy { $0 == 0xaa })
      }
      #expect(station.words == "not in use: the domain has no registered memory")
    }
  }

  @Test("are not written to after a reset or a flush", arguments: UserMemoryStation.modes)
  func reset(_ attach: String) throws {
    try Namespace.run {
      let station = try UserMemoryStation(attach)
      for ends in [true, false] {
        let receiver = try station.receiver(256)
        try receiver.interface.addFilter(.ethernet(station.pair.adapterMAC))
        try receiver.post(128)
        #expect(station.isInPlace, "\(station.words)")
        try Flood.run(station) {
          #expect(!receiver.take(1).isEmpty)
          if ends { station.adapter.reset() } else { try receiver.interface.flush() }
          receiver.paint()
          settle()
          _ = receiver.poll()
          #expect(receiver.isPainted())
        }
        #expect(station.words == "not in use: the receive ring has stopped")
        if ends { try receiver.interface.reinitializeEventQueue() }
        _ = try receiver.interface.reinitializeReceiveQueue()
        #expect(station.isInPlace, "\(station.words)")
        try receiver.post(16)
        station.send(5..<6)
        #expect(receiver.take(1).compactMap { number($0.frame) } == [5])
      }
    }
  }
}
