import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite("Row 4: a stream that the kernel sends in large pieces arrives in segments", .tags(.network))
struct StreamTests {
  static let local = IPEndpoint("10.9.0.2:7000")!

  /// Where buffers are lent in front of the stack the first large pieces are lost, and this receiver is slow to recover.
  @Test(
    .timeLimit(.minutes(1)), arguments: BenchKind.allCases.filter { $0.hasKernel && $0.wire != .xdpUserGeneric })
  func theStreamIsWhole(_ kind: BenchKind) throws {
    try kind.run { bench in
      // A driver that runs a program makes its other end send no large frames.
      let areLarge = kind.finishesFrames && kind.wire != .xdpNative && kind.wire != .xdpUserNative
      if let bench = bench as? PacketBench {
        try bench.pair.addNeighbour("10.9.0.2", bench.portMAC)
        #expect(try InterfaceOffload.transmitChecksum.isEnabled(on: bench.pair.kernelEnd))
        #expect(try InterfaceOffload.tcpSegmentation.isEnabled(on: bench.pair.kernelEnd) == areLarge)
      }
      if let bench = bench as? TAPBench { try bench.addNeighbour("10.9.0.2", bench.portMAC) }
      var station = try Station(bench.driver)
      try station.interface.addFilter(.tcp(local: Self.local))
      let stream = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
      let sender = try LabThread { try Self.send(stream) }
      var receiver = StreamReceiver(mac: bench.portMAC, local: Self.local)
      var sent = 0
      let end = ContinuousClock.now + .seconds(20)
      while !receiver.isFinished, ContinuousClock.now < end {
        if !station.poll() { breathe() }
        for arrival in station.arrivals {
          #expect(arrival.discard == nil)
          guard let answer = receiver.take(arrival.bytes) else { continue }
          try station.transmit(answer, id: sent)
          sent += 1
        }
        station.arrivals = []
      }
      #expect(receiver.isFinished)
      #expect(receiver.bytes == stream)
      #expect(receiver.largestFrame <= 1514)
      #expect((bench.counter("wire_segmented") > 10) == areLarge)
      #expect(bench.counter("rx_oversize") == 0)
      // The peer's last segments may stay unanswered from here on.
      try sender.join()
    }
  }

  /// Connects, sends everything, and says that this was all.
  private static func send(_ stream: [UInt8]) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 15, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = local.port.bigEndian
    address.sin_addr.s_addr = local.address.ipv4!.bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    #expect(connected == 0)
    var done = 0
    while done < stream.count {
      let count = stream.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + done, $0.count - done, 0) }
      guard count > 0 else { break }
      done += count
    }
    #expect(done == stream.count)
    shutdown(descriptor, Int32(SHUT_WR))
  }
}
