import CBaseline
import EtherFabric
import Glibc
import NetworkLab

/// Half round trips over a veth pair to a bare C echo: from a virtual interface, and from a bare C socket.
enum PacketBenchmark {
  static func run(quick: Bool) throws {
    let cores = CPU.available
    guard cores.count >= 2 else { throw BenchmarkError(reason: "afpacket needs two cores, one to spin on each end") }
    try Namespace.enterPrivate()
    let veth = try VethPair()
    let trips = quick ? 20_000 : 100_000
    let rounds = quick ? 5 : 11
    try CPU.pin(to: cores[0])
    let echo = try EchoThread(interface: veth.kernelEnd, core: cores[1])
    defer { echo.stop() }

    var swift = Sample()
    var plain = Sample()
    var ratio = Sample()
    for round in 0..<rounds {
      // Numbers that no other round uses: an echo that comes late is nobody's.
      let number = UInt32(2 * round * trips)
      let first = try overVirtualInterface(veth, trips, from: number)
      let second = try overSocket(veth, trips, from: number + UInt32(trips))
      swift.add(first)
      plain.add(second)
      ratio.add(first / second)
    }
    print("afpacket: EMULATED over veth, 64-byte UDP frames, both ends spinning on cores \(cores[0]) and \(cores[1]);")
    print("half round trip in ns, median of \(rounds) medians of \(trips), in turns; far end: bare C TPACKET_V2")
    print("  virtual interface  \(swift.median.text(0, 6)) (\(swift.spread.text(0, 3)))")
    print("  bare C TPACKET_V2  \(plain.median.text(0, 6)) (\(plain.spread.text(0, 3)))")
    print("  ratio              \(ratio.median.text(2, 6)) (\(ratio.spread.text(2, 4)))")
    print("")
  }

  private static func overVirtualInterface(_ veth: VethPair, _ trips: Int, from first: UInt32) throws -> Double {
    var side = try CableSide("emu:afpacket:\(veth.adapterEnd)")
    try side.interface.addFilter(.ethernet(side.driver.identity.macAddress))
    let last = CableSide.buffers - 1
    let frame = side.memory.base + last * CableSide.bufferBytes
    Frame.store(to: frame, length: 64, destination: veth.kernelMAC, source: side.driver.identity.macAddress)
    try side.postAll()
    let source = side.memory.dmaAddress(last * CableSide.bufferBytes)
    let target = side.memory.address
    var events = EventBatch(capacity: 16)
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 64)
    ids.initialize(repeating: 0)
    defer { ids.deallocate() }
    var taken = [UInt64](repeating: 0, count: trips)
    for trip in 0..<trips {
      let start = baseline_now()
      let number = first &+ UInt32(trip)
      frame.storeBytes(of: number, toByteOffset: Int(BASELINE_NUMBER), as: UInt32.self)
      try side.interface.transmit(source, length: 64, id: 1)
      var arrived = false
      while !arrived {
        let count = side.interface.poll(&events)
        for index in 0..<count {
          switch events[index] {
          case .receive(let event):
            let buffer = side.memory.base + Int(event.id.rawValue) * CableSide.bufferBytes
            if buffer.load(fromByteOffset: Int(BASELINE_NUMBER), as: UInt32.self) == number { arrived = true }
            let address = target.advanced(by: Int(event.id.rawValue) * CableSide.bufferBytes)
            try side.interface.receivePost(address, id: event.id)
          case .transmit(let event): _ = side.interface.unbundle(event, into: ids)
          default: throw BenchmarkError(reason: "unexpected event \(events[index])")
          }
        }
        if count == 0, baseline_now() - start > 1_000_000_000 {
          throw BenchmarkError(reason: "no echo to the virtual interface for a second")
        }
      }
      taken[trip] = baseline_now() - start
    }
    return half(taken)
  }

  private static func overSocket(_ veth: VethPair, _ trips: Int, from first: UInt32) throws -> Double {
    guard let socket = baseline_socket_open(veth.adapterEnd) else {
      throw BenchmarkError(reason: "no packet socket on \(veth.adapterEnd): errno \(errno)")
    }
    defer { baseline_socket_close(socket) }
    let frame = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    defer { frame.deallocate() }
    Frame.store(to: frame, length: 64, destination: veth.kernelMAC, source: veth.adapterMAC)
    var taken = [UInt64](repeating: 0, count: trips)
    let bytes = frame.assumingMemoryBound(to: UInt8.self)
    guard baseline_socket_measure(socket, bytes, 64, first, &taken, UInt32(trips)) else {
      throw BenchmarkError(reason: "no echo to the bare socket for a second")
    }
    return half(taken)
  }

  private static func half(_ trips: [UInt64]) -> Double {
    Sample(values: trips.map { Double($0) / 2 }).median
  }
}

/// The far end, pinned to a core of its own.
private struct EchoThread {
  private nonisolated(unsafe) let flag = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
  private nonisolated(unsafe) let socket: OpaquePointer
  private let thread: LabThread<Void>

  init(interface: String, core: Int) throws {
    guard let socket = baseline_socket_open(interface) else {
      throw BenchmarkError(reason: "no packet socket on \(interface): errno \(errno)")
    }
    self.socket = socket
    flag.initialize(to: false)
    nonisolated(unsafe) let flag = flag
    nonisolated(unsafe) let open = socket
    thread = try LabThread(name: "echo", core: core) { baseline_socket_echo(open, flag) }
  }

  func stop() {
    flag.pointee = true
    _ = try? thread.join()
    baseline_socket_close(socket)
    flag.deallocate()
  }
}
