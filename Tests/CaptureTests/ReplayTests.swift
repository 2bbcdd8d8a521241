import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import Testing

@Suite struct ReplayTests {
  let folder = Folder()

  /// Three frames at 1 s, 1.5 s and 4 s.
  private func threeFrames() -> [UInt8] {
    pcapHeader() + pcapRecord(1, 0, frame(1)) + pcapRecord(1, 500_000_000, frame(2)) + pcapRecord(4, 0, frame(3))
  }

  @Test func replaysAllAtOnce() throws {
    write(threeFrames(), to: folder.file("a"))
    let wire = try ReplayWire(path: folder.file("a"))
    let port = wire.operations
    #expect(port.peek() == Seen(frame(1), 1_000_000_000))
    #expect(port.peek() == Seen(frame(1), 1_000_000_000))
    #expect(wire.framesReplayed == 0)
    #expect(!wire.isExhausted)
    let expected = [
      Seen(frame(1), 1_000_000_000), Seen(frame(2), 1_500_000_000), Seen(frame(3), 4_000_000_000),
    ]
    #expect(port.takeAll() == expected)
    #expect(wire.isExhausted)
    #expect(wire.framesReplayed == 3)
    #expect(wire.error == nil)
    #expect(port.peek() == nil)
    #expect(wire.name == "pcap:\(folder.file("a"))")
    #expect(wire.isLinkUp)
  }

  @Test func isReadableUntilTheEnd() throws {
    write(threeFrames(), to: folder.file("a"))
    let wire = try ReplayWire(path: folder.file("a"))
    let port = wire.operations
    for _ in 0..<3 {
      port.armWait(port.context)
      #expect(isReadable(wire.waitDescriptor))
      #expect(port.take() != nil)
    }
    #expect(port.take() == nil)
    port.armWait(port.context)
    #expect(!isReadable(wire.waitDescriptor))
  }

  @Test(arguments: [
    (1.0, 500_000_000, 2_500_000_000), (2, 250_000_000, 1_250_000_000), (0.5, 1_000_000_000, 5_000_000_000),
  ])
  func keepsTheRecordedPace(_ speed: Double, _ second: UInt64, _ third: UInt64) throws {
    write(threeFrames(), to: folder.file("a"))
    let clock = ManualClock()
    var options = ReplayOptions()
    options.pace = .recorded(speed: speed)
    let wire = try ReplayWire(path: folder.file("a"), options: options, clock: clock.clock)
    let port = wire.operations
    clock.advance(77_000_000_000)
    #expect(port.take()?.bytes == frame(1))
    #expect(port.take() == nil)
    clock.advance(second - 1)
    #expect(port.take() == nil)
    clock.advance(1)
    #expect(port.take()?.bytes == frame(2))
    clock.advance(third - 1)
    #expect(port.take() == nil)
    #expect(!wire.isExhausted)
    clock.advance(1)
    #expect(port.take()?.bytes == frame(3))
    #expect(port.take() == nil)
    #expect(wire.isExhausted)
  }

  @Test func losesNothingWhenThePortIsLate() throws {
    write(threeFrames(), to: folder.file("a"))
    let clock = ManualClock()
    var options = ReplayOptions()
    options.pace = .recorded(speed: 1)
    let port = try ReplayWire(path: folder.file("a"), options: options, clock: clock.clock)
    #expect(port.operations.take()?.bytes == frame(1))
    clock.advance(3_600_000_000_000)
    #expect(port.operations.takeAll().map(\.bytes) == [frame(2), frame(3)])
  }

  @Test func playsTimeThatGoesBackAtOnce() throws {
    let file = pcapHeader() + pcapRecord(9, 0, frame(1)) + pcapRecord(3, 0, frame(2)) + pcapRecord(9, 1, frame(3))
    write(file, to: folder.file("a"))
    var options = ReplayOptions()
    options.pace = .recorded(speed: 1)
    let clock = ManualClock()
    let wire = try ReplayWire(path: folder.file("a"), options: options, clock: clock.clock)
    #expect(wire.operations.takeAll().map(\.bytes) == [frame(1), frame(2)])
    clock.advance(1)
    #expect(wire.operations.takeAll().map(\.bytes) == [frame(3)])
  }

  @Test func wakesASleeperForTheNextFrame() throws {
    // The kernel's own clock: the second frame is 20 ms behind, the third an hour.
    let file =
      pcapHeader() + pcapRecord(1, 0, frame(1)) + pcapRecord(1, 20_000_000, frame(2)) + pcapRecord(3601, 0, frame(3))
    write(file, to: folder.file("a"))
    var options = ReplayOptions()
    options.pace = .recorded(speed: 1)
    let wire = try ReplayWire(path: folder.file("a"), options: options)
    let port = wire.operations
    port.armWait(port.context)
    #expect(isReadable(wire.waitDescriptor, within: -1))
    #expect(port.take()?.bytes == frame(1))
    var second: Seen?
    while second == nil {
      port.armWait(port.context)
      #expect(isReadable(wire.waitDescriptor, within: -1))
      second = port.take()
    }
    #expect(second?.bytes == frame(2))
    port.armWait(port.context)
    #expect(!isReadable(wire.waitDescriptor))
    #expect(port.take() == nil)
    #expect(wire.counters().systemCalls >= 3)
  }

  @Test func sleepsAfterTheLastPacedFrame() throws {
    write(pcapHeader() + pcapRecord(1, 0, frame(1)), to: folder.file("a"))
    var options = ReplayOptions()
    options.pace = .recorded(speed: 1)
    let wire = try ReplayWire(path: folder.file("a"), options: options)
    let port = wire.operations
    #expect(port.take() != nil)
    port.armWait(port.context)
    #expect(wire.isExhausted)
    #expect(!isReadable(wire.waitDescriptor))
  }

  @Test func loops() throws {
    write(threeFrames(), to: folder.file("a"))
    var options = ReplayOptions()
    options.loops = 3
    let wire = try ReplayWire(path: folder.file("a"), options: options)
    #expect(wire.operations.takeAll().map(\.bytes) == [1, 2, 3, 1, 2, 3, 1, 2, 3].map { frame($0) })
    #expect(wire.isExhausted)

    options.loops = nil
    let endless = try ReplayWire(path: folder.file("a"), options: options)
    for number in 0..<1000 { #expect(endless.operations.take()?.bytes == frame(number % 3 + 1)) }
    #expect(!endless.isExhausted)
  }

  @Test func continuesItsClockInTheNextPass() throws {
    write(pcapHeader() + pcapRecord(1, 0, frame(1)) + pcapRecord(2, 0, frame(2)), to: folder.file("a"))
    var options = ReplayOptions()
    options.pace = .recorded(speed: 1)
    options.loops = 2
    let clock = ManualClock()
    let wire = try ReplayWire(path: folder.file("a"), options: options, clock: clock.clock)
    #expect(wire.operations.takeAll().count == 1)
    clock.advance(1_000_000_000)
    #expect(wire.operations.takeAll().map(\.bytes) == [frame(2), frame(1)])
    clock.advance(1_000_000_000)
    #expect(wire.operations.takeAll().map(\.bytes) == [frame(2)])
  }

  @Test func endsWhereNothingCanBeDelivered() throws {
    var options = ReplayOptions()
    options.loops = nil
    options.mtu = 1500
    write(pcapHeader(), to: folder.file("a"))
    let empty = try ReplayWire(path: folder.file("a"), options: options)
    #expect(empty.operations.take() == nil)
    #expect(empty.isExhausted)

    // More records than one call reads.
    let long = pcapRecord(1, 0, frame(1, length: 1519))
    write(pcapHeader() + (0..<1000).flatMap { _ in long }, to: folder.file("a"))
    let oversize = try ReplayWire(path: folder.file("a"), options: options)
    var calls = 0
    while !oversize.isExhausted {
      #expect(oversize.operations.take() == nil)
      calls += 1
    }
    #expect(calls > 1)
    #expect(oversize.counters().receiveOversize == 1000)
  }

  @Test func tellsOfACutFileAfterItsFrames() throws {
    write(Array(threeFrames().dropLast(30)), to: folder.file("a"))
    var options = ReplayOptions()
    options.loops = nil
    let wire = try ReplayWire(path: folder.file("a"), options: options)
    #expect(wire.operations.takeAll().map(\.bytes) == [frame(1), frame(2)])
    #expect(wire.isExhausted)
    #expect(wire.error?.errno == ENODATA)
    #expect(wire.configuration.contains { $0.name == "error" })
    #expect(!isReadable(wire.waitDescriptor))
  }

  @Test func countsAndRecordsWhatThePortTransmits() throws {
    write(threeFrames(), to: folder.file("a"))
    let writer = try CaptureWriter(path: folder.file("out"))
    var options = ReplayOptions()
    options.mtu = 1500
    options.timestamps = .none
    let wire = try ReplayWire(path: folder.file("a"), options: options, recording: writer)
    let port = wire.operations
    #expect(port.take()?.timestamp == 0)
    #expect(Int(bitPattern: port.transmitReserve(port.context, 60)) % 16 == 0)
    #expect(port.send(frame(7)) == .sent)
    #expect(port.send(frame(8, length: 1518)) == .sent)
    #expect(port.send(frame(9, length: 1519)) == .oversize)
    #expect(port.transmitFlush(port.context) == 0)
    #expect(wire.framesTransmitted == 2)
    #expect(wire.bytesTransmitted == 1578)
    #expect(wire.counters().transmitDropped == 1)
    try writer.close()
    let recorded = try CaptureReader(path: folder.file("out")).readAll()
    #expect(recorded.map(\.bytes) == [frame(7), frame(8, length: 1518)])
    #expect(recorded[0].timestamp > 0 && recorded[0].timestamp <= recorded[1].timestamp)
  }

  @Test func refusesOptionsThatMakeNoSense() throws {
    write(threeFrames(), to: folder.file("a"))
    func errno(_ change: (inout ReplayOptions) -> Void) -> Int32? {
      var options = ReplayOptions()
      change(&options)
      return refusal { _ = try ReplayWire(path: folder.file("a"), options: options) }?.errno
    }
    for speed in [0, -1, Double.nan, .infinity] { #expect(errno { $0.pace = .recorded(speed: speed) } == EINVAL) }
    #expect(errno { $0.loops = 0 } == EINVAL)
    #expect(errno { $0.mtu = 67 } == EINVAL)
    #expect(errno { $0.pace = .recorded(speed: 1e-300) } == nil)
  }
}
