import CBaseline
import EtherFabric
import Glibc

/// A virtual interface on any device, with its buffers, and the loops that the ends in C run too.
struct InterfaceEnd: ~Copyable {
  static let bufferBytes = 2048
  static let buffers = 512

  let driver: Driver
  let memory: MemoryRegistration
  var interface: VirtualInterface
  private var events: EventBatch
  private let ids: UnsafeMutableBufferPointer<RequestID>

  init(_ device: String, flags: InterfaceFlags = []) throws {
    let opened = try Driver.open(device)
    let domain = try opened.allocateProtectionDomain()
    let registered = try MemoryRegistration(domain, DMAMemory(byteCount: Self.bufferBytes * Self.buffers))
    interface = try domain.allocateVirtualInterface(InterfaceOptions(flags: flags))
    driver = opened
    memory = registered
    events = EventBatch(capacity: 64)
    ids = .allocate(capacity: 64)
    ids.initialize(repeating: 0)
  }

  deinit { ids.deallocate() }

  mutating func postAll() throws {
    for index in 0..<(Self.buffers - 8) {
      try interface.receiveInit(memory.dmaAddress(index * Self.bufferBytes), id: RequestID(index))
    }
    interface.receivePush()
  }

  /// The buffer that frames are sent from; no frame is received into it.
  var source: UnsafeMutableRawPointer { memory.base + (Self.buffers - 1) * Self.bufferBytes }
  private var sourceAddress: DMAAddress { memory.address.advanced(by: (Self.buffers - 1) * Self.bufferBytes) }

  /// Halves of round trips in nanoseconds, of the frame at `source`: means of so many as a batch has, for the clock
  /// takes as long as a good part of a short trip.
  mutating func measure(_ length: Int, trips: Int, batch: Int = 1, from first: UInt32) throws -> [Double] {
    var taken: [Double] = []
    taken.reserveCapacity(trips / batch)
    let (frame, from, base, target) = (source, sourceAddress, memory.base, memory.address)
    var start = baseline_now()
    for trip in 0..<trips {
      let number = first &+ UInt32(trip)
      frame.storeBytes(of: number, toByteOffset: Int(BASELINE_NUMBER), as: UInt32.self)
      try interface.transmit(from, length: length, id: 1)
      var arrived = false
      var empty = 0
      while !arrived {
        let count = interface.poll(&events)
        for index in 0..<count {
          switch events[index] {
          case .receive(let event):
            let place = Int(event.id.rawValue) * Self.bufferBytes
            if (base + place).load(fromByteOffset: Int(BASELINE_NUMBER), as: UInt32.self) == number { arrived = true }
            try interface.receivePost(target.advanced(by: place), id: event.id)
          case .transmit(let event): _ = interface.unbundle(event, into: ids)
          default: throw BenchmarkError(reason: "unexpected event \(events[index])")
          }
        }
        empty &+= 1
        if empty & 0xfff == 0, baseline_now() - start > 1_000_000_000 {
          throw BenchmarkError(reason: "no echo for a second")
        }
      }
      if (trip + 1) % batch == 0 {
        let now = baseline_now()
        taken.append(Double(now - start) / 2 / Double(batch))
        start = now
      }
    }
    return taken
  }

  /// Returns every frame with its addresses exchanged, from the buffer that it came in, until `isOver` says so. It is
  /// asked when nothing has come for a while.
  mutating func echo(until isOver: () -> Bool) throws {
    let (base, target) = (memory.base, memory.address)
    var idle = 0
    while true {
      let count = interface.poll(&events)
      for index in 0..<count {
        switch events[index] {
        case .receive(let event):
          let place = Int(event.id.rawValue) * Self.bufferBytes
          let frame = base + place
          let there = frame.loadUnaligned(as: UInt64.self)
          let here = frame.loadUnaligned(fromByteOffset: 6, as: UInt64.self)
          frame.storeBytes(of: UInt32(truncatingIfNeeded: here), as: UInt32.self)
          frame.storeBytes(of: UInt16(truncatingIfNeeded: here >> 32), toByteOffset: 4, as: UInt16.self)
          frame.storeBytes(of: UInt32(truncatingIfNeeded: there), toByteOffset: 6, as: UInt32.self)
          frame.storeBytes(of: UInt16(truncatingIfNeeded: there >> 32), toByteOffset: 10, as: UInt16.self)
          try interface.transmit(target.advanced(by: place), length: Int(event.bytes), id: event.id)
        case .transmit(let event):
          for sent in 0..<interface.unbundle(event, into: ids) {
            try interface.receivePost(
              target.advanced(by: Int(ids[sent].rawValue) * Self.bufferBytes), id: ids[sent])
          }
        default: break
        }
      }
      idle = count == 0 ? idle &+ 1 : 0
      if idle & 0xffff == 0xffff, isOver() { return }
    }
  }

  /// Sends bursts of the frame at `source` until `stop`; returns how many were completed.
  mutating func send(_ length: Int, burst: Int, until stop: Flag) throws(QueueError) -> Int {
    var total = 0
    while !stop.isSet {
      try push(length, burst: burst)
      total += burst
    }
    return total
  }

  /// Sends one burst of the frame at `source` and waits until it is completed.
  @inline(__always)
  mutating func push(_ length: Int, burst: Int) throws(QueueError) {
    let from = sourceAddress
    for index in 0..<burst { try interface.transmitInit(from, length: length, id: RequestID(index)) }
    interface.transmitPush()
    var sent = 0
    while sent < burst {
      let count = interface.poll(&events)
      for index in 0..<count {
        switch events[index] {
        case .transmit(let event): sent += interface.unbundle(event, into: ids)
        case .receive(let event):
          let place = Int(event.id.rawValue) * Self.bufferBytes
          try interface.receivePost(memory.address.advanced(by: place), id: event.id)
        default: break
        }
      }
    }
  }

  /// Receives a number of frames, or what comes in 5 s; tells after each poll how many there were.
  mutating func take(_ packets: Int, _ progress: (Int) -> Void) throws(QueueError) {
    let start = baseline_now()
    var total = 0
    while total < packets {
      let count = interface.poll(&events)
      if count == 0, baseline_now() - start > 5_000_000_000 { return }
      for index in 0..<count {
        guard case .receive(let event) = events[index] else { continue }
        try interface.receiveInit(
          memory.address.advanced(by: Int(event.id.rawValue) * Self.bufferBytes), id: event.id)
        total += 1
      }
      if count > 0 {
        interface.receivePush()
        progress(total)
      }
    }
  }

  /// Receives until `stop`, reading the first byte of each frame; returns how many there were.
  mutating func receive(until stop: Flag) throws(QueueError) -> Int {
    let (base, target) = (memory.base, memory.address)
    var total = 0
    var sum: UInt8 = 0
    while !stop.isSet {
      let count = interface.poll(&events)
      for index in 0..<count {
        if case .receiveDiscard(let event) = events[index] {
          try interface.receiveInit(target.advanced(by: Int(event.id.rawValue) * Self.bufferBytes), id: event.id)
        }
        guard case .receive(let event) = events[index] else { continue }
        let place = Int(event.id.rawValue) * Self.bufferBytes
        sum &+= (base + place).load(as: UInt8.self)
        try interface.receiveInit(target.advanced(by: place), id: event.id)
        total += 1
      }
      if count > 0 { interface.receivePush() }
    }
    source.storeBytes(of: sum, toByteOffset: 1024, as: UInt8.self)
    return total
  }
}
