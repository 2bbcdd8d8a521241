import EtherFabricFormats
import Testing

@testable import EtherFabric

/// The owning level on EFCT and EF10CT: frames in superbufs, buffers of the pool for sending.
@Suite struct ExpressEndpointTests {
  /// An endpoint with a pool of `count` buffers, queue 5 attached.
  struct Bench: ~Copyable {
    let backend: ExpressBackend
    let pool: PacketPool
    var endpoint: Endpoint

    init(_ datapath: Datapath, count: Int = 8, bufferSize: Int = 2048, flags: InterfaceFlags = []) throws {
      let backend = ExpressBackend(datapath, superbufs: 2)
      let domain = try Driver(backend: backend).allocateProtectionDomain()
      let pool = try PacketPool(domain, count: count, bufferSize: bufferSize, hugePages: .never)
      let endpoint = try Endpoint(
        domain, pool: pool, options: InterfaceOptions(receiveCapacity: 1024, flags: flags))
      try endpoint.addFilter(.multicastAll)
      self.backend = backend
      self.pool = pool
      self.endpoint = endpoint
      if datapath == .efct {
        backend.shared[5]!.storeBytes(of: 1 << 16, toByteOffset: SharedReceiveQueue.filled, as: UInt64.self)
        backend.shared[5]!.storeBytes(of: 1, toByteOffset: SharedReceiveQueue.filledAdded, as: UInt32.self)
      }
    }

    /// The superbuf that is filled first.
    var superbuf: UnsafeMutableRawPointer {
      backend.driverMemory[5]?.base ?? backend.registrations.last { $0.count == 2 << 20 }!.base + 1 << 20
    }

    /// The adapter writes a frame, with `fill` in every byte.
    func write(_ frame: Int, length: Int = 60, fill: UInt8, extra: UInt64 = 0, time: UInt64 = 0) {
      let memory = superbuf
      (memory + frame * 2048 + 66).initializeMemory(as: UInt8.self, repeating: fill, count: length)
      let metadata = memory + (frame + (backend.datapath == .efct ? 1 : 0)) * 2048
      metadata.storeBytes(of: time, toByteOffset: 8, as: UInt64.self)
      metadata.storeBytes(of: UInt64(length) | 1 << 14 | 1 << 43 | extra, as: UInt64.self)
    }

    func complete(_ sequence: UInt64, slot: Int) {
      backend.eventQueue.storeBytes(of: 1 << 60 | sequence << 40, toByteOffset: slot * 8, as: UInt64.self)
    }

    /// Frames of the superbuf that is filled first that are out or to come.
    var references: Int32 {
      let queue = endpoint.interface.state.pointee.express!.pointee.queues[0]
      return queue.pointee.superbufs[backend.datapath == .efct ? 0 : 1].references
    }
  }

  static func bytes(_ frame: borrowing ReceivedFrame) -> [UInt8] {
    frame.bytes.withUnsafeBytes { Array($0) }
  }

  @Test(arguments: [Datapath.efct, .ef10ct])
  func aFrameIsOfTheSameTypeAndReturnsToItsSuperbuf(_ datapath: Datapath) throws {
    var bench = try Bench(datapath, flags: .receiveTimestamps)
    #expect(bench.pool.available == 8 && bench.endpoint.refill() == 0)
    bench.write(0, length: 100, fill: 0x11, extra: 1 << 44, time: 7 << 32 | 42)
    bench.write(1, fill: 0x22)
    bench.write(2, fill: 0x33, extra: 2 << 38)
    do {
      let frame = try unwrap(bench.endpoint.receive())
      #expect(frame.count == 100 && frame.fragmentCount == 1 && frame.isMulticast && frame.discardReason == nil)
      #expect(Self.bytes(frame) == Array(repeating: 0x11, count: 100))
      #expect(frame.fragment(0).byteCount == 100 && frame.vlan == nil)
      #expect(frame.timestamp?.seconds == 7 && frame.timestamp?.nanoseconds == 10)
      var copy = [UInt8](repeating: 0, count: 128)
      #expect(copy.withUnsafeMutableBytes { frame.copyBytes(to: $0) } == 100 && copy[99] == 0x11 && copy[100] == 0)
      #expect(bench.references == 512)
    }
    #expect(bench.references == 511 && bench.pool.framesDropped == 1)
    let second = try unwrap(bench.endpoint.receive())
    #expect(second.timestamp == nil && second.isMulticast == false)
    second.release()
    #expect(bench.references == 510 && bench.pool.framesReleased == 1 && bench.pool.framesDropped == 1)
    let third = try unwrap(bench.endpoint.receive())
    #expect(third.discardReason == .frameCheckBad)
    third.release()
    #expect(bench.endpoint.counters.framesReceived == 3 && bench.endpoint.counters.framesDiscarded == 1)
    let isQuiet = bench.endpoint.receive() == nil
    #expect(isQuiet && bench.references == 509 && bench.pool.available == 8)
  }

  @Test(arguments: [Datapath.efct, .ef10ct])
  func takingTheBufferOfAFrameCopiesItIntoThePool(_ datapath: Datapath) throws {
    var bench = try Bench(datapath, count: 2)
    for index in 0..<4 { bench.write(index, length: 60 + index, fill: UInt8(index * 2)) }
    let first = try unwrap(try unwrap(bench.endpoint.receive()).takeBuffer())
    #expect(first.count == 60 && first.bytes.unsafeLoad(as: UInt8.self) == 0 && bench.pool.available == 1)
    let second = try unwrap(try unwrap(bench.endpoint.receive()).takeBuffer())
    #expect(second.count == 61 && second.bytes.unsafeLoad(as: UInt8.self) == 2 && bench.pool.available == 0)
    #expect(bench.pool.framesReleased == 0 && bench.pool.framesDropped == 0)
    // The pool is empty: the frame goes back, and is told as released.
    let isEmpty = try unwrap(bench.endpoint.receive()).takeBuffer() == nil
    #expect(isEmpty && bench.pool.framesReleased == 1 && bench.references == 509)
    // What was copied can be sent, and comes back to the pool.
    try bench.endpoint.transmit(first)
    #expect(bench.backend.aperture.load(as: UInt64.self) == 0x3f_c03c)
    bench.complete(0, slot: 0)
    let fourth = try unwrap(bench.endpoint.receive())
    #expect(fourth.count == 63)
    fourth.release()
    let isQuiet = bench.endpoint.receive() == nil
    #expect(isQuiet && bench.endpoint.counters.packetsSent == 1 && bench.pool.available == 1)
    _ = consume second
    #expect(bench.pool.available == 2)
  }

  @Test func aFrameLongerThanTheBuffersIsNotCopied() throws {
    var bench = try Bench(.efct, bufferSize: 512)
    bench.write(0, length: 513, fill: 1)
    let isNil = try unwrap(bench.endpoint.receive()).takeBuffer() == nil
    #expect(isNil && bench.pool.available == 8 && bench.references == 511)
  }

  /// What is left of an endpoint that has gone.
  final class Traces {
    var backend: ExpressBackend?
    weak var memory: DMAMemory?
  }

  /// The second frame of an endpoint that has gone; a first one was dropped, a third never asked for.
  static func survivor(_ datapath: Datapath, _ traces: Traces) throws -> ReceivedFrame {
    var bench = try Bench(datapath)
    traces.backend = bench.backend
    traces.memory = bench.backend.driverMemory[5] ?? bench.endpoint.interface.resource.superbufs.last?.owned
    for index in 0..<3 { bench.write(index, fill: 0x50 + UInt8(index)) }
    _ = bench.endpoint.receive()
    return try unwrap(bench.endpoint.receive())
  }

  @Test(arguments: [Datapath.efct, .ef10ct])
  func aFrameOutlivesItsEndpoint(_ datapath: Datapath) throws {
    let traces = Traces()
    do {
      let frame = try Self.survivor(datapath, traces)
      // The driver has the superbufs back, and fills them again.
      traces.backend?.overwriteMemory()
      traces.backend?.forgetMemory()
      // The interface has gone, and its registrations.
      #expect(traces.backend?.freed == 1 && traces.backend?.registrations.isEmpty == true)
      #expect(traces.memory != nil && Self.bytes(frame) == Array(repeating: 0x51, count: 60))
    }
    #expect(traces.memory == nil)
    // There is no pool to copy to any more.
    let isNil = try Self.survivor(datapath, traces).takeBuffer() == nil
    traces.backend?.forgetMemory()
    #expect(isNil && traces.memory == nil)
  }

  @Test(arguments: [Datapath.efct, .ef10ct])
  func anEndpointWithoutFramesOutKeepsNothing(_ datapath: Datapath) throws {
    let backend: ExpressBackend
    weak var memory: DMAMemory?
    do {
      var bench = try Bench(datapath)
      backend = bench.backend
      memory = backend.driverMemory[5] ?? bench.endpoint.interface.resource.superbufs.last?.owned
      bench.write(0, fill: 1)
      bench.write(1, fill: 2)
      // One event is taken and its frame dropped; the other waits in the endpoint.
      _ = bench.endpoint.receive()
      try bench.endpoint.transmit(try unwrap(bench.pool.allocate()))
    }
    backend.forgetMemory()
    #expect(memory == nil && backend.freed == 1)
  }

  @Test func sentBuffersReturnWhateverBecameOfThem() throws {
    let pool: PacketPool
    do {
      var bench = try Bench(.efct)
      pool = bench.pool
      for _ in 0..<3 {
        var buffer = try unwrap(bench.pool.allocate())
        buffer.count = 60
        try bench.endpoint.transmit(buffer, push: false)
      }
      bench.endpoint.push()
      // One has come back with an event that is not taken, one is completed, one is under way.
      bench.complete(1, slot: 0)
      bench.write(0, fill: 1)
      let frame = try unwrap(bench.endpoint.receive())
      frame.release()
      guard case .sent(let packet) = try unwrap(bench.endpoint.next()) else {
        Issue.record("not sent")
        return
      }
      #expect(bench.pool.available == 5 && packet.timestamp == nil)
    }
    #expect(pool.available == 8)
  }

  @Test func aBufferIsNotPosted() throws {
    var bench = try Bench(.ef10ct)
    var refusal: QueueError?
    do throws(QueueError) { try bench.endpoint.post(bench.pool.allocate()!) } catch { refusal = error }
    #expect(refusal == QueueError(.notImplemented) && bench.pool.available == 8 && bench.pool.buffersRefused == 1)
    bench.endpoint.fillLevel = 4000
    bench.write(0, fill: 1)
    let frame = try unwrap(bench.endpoint.receive())
    frame.release()
    #expect(bench.pool.available == 8)
  }

  @Test func aPoolThatIsFullRefusesNoFrameFromItsSuperbuf() throws {
    // Frames held in any number take nothing from the pool.
    var bench = try Bench(.efct, count: 1)
    for index in 0..<100 { bench.write(index, fill: UInt8(index)) }
    var count = 0
    try held(&bench.endpoint, depth: 100, &count)
    #expect(count == 100 && bench.references == 412 && bench.pool.available == 1)
    #expect(bench.pool.framesDropped == 100)
  }

  private func held(_ endpoint: inout Endpoint, depth: Int, _ count: inout Int) throws {
    guard depth > 0 else { return }
    let frame = try unwrap(endpoint.receive())
    try held(&endpoint, depth: depth - 1, &count)
    if Self.bytes(frame)[0] == UInt8(100 - depth) { count += 1 }
  }
}

/// What `#require` is for values that cannot be copied.
func unwrap<Value: ~Copyable>(_ value: consuming Value?) throws -> Value {
  guard let value else { throw Missing() }
  return value
}

struct Missing: Error {}
